"""The migration that makes a new collection's table: a frozen copy of its columns and indexes."""

from collections.abc import Iterator

from bai_wx.contract.scaffold import columns
from bai_wx.contract.scaffold.model import unique_index
from bai_wx.contract.scaffold.plan import NewCollection

MIGRATION = '''"""{title}: the table `{table}`."""

from typing import Any

from peewee import {imports}


class {name}(Model):
    seq = AutoField()
    id = TextField(unique=True)
    created = TextField()
    updated = TextField()
    is_delete = IntegerField()
{fields}
    class Meta:
        legacy_table_names = False
        table_name = "{table}"
        indexes = ({indexes},)


{after}


def up(migrator: Any, db: Database) -> None:
    """Create it."""
    with db.bind_ctx([{name}]):
        db.create_tables([{name}], safe=False)


def down(migrator: Any, db: Database) -> None:
    """Drop it."""
    with db.bind_ctx([{name}]):
        db.drop_tables([{name}], safe=False)
'''

NEWEST = """{name}.add_index(
    {name}.index({columns}, {name}.created.desc(), {name}.seq, name="{label}")
)"""


def migration_text(new: NewCollection) -> str:
    """The module of the migration."""
    fields = new.spec.fields.values()
    stored = {columns.stored(each) for each in fields}
    names = {"AutoField", "Database", "IntegerField", "Model", "TextField"} | stored
    return MIGRATION.format(
        title=new.title,
        table=new.table,
        imports=", ".join(sorted(names)),
        name=new.class_name,
        fields="".join(f"    {columns.in_migration(each)}\n" for each in fields),
        indexes=", ".join(f"({each!r}, False)" for each in new.indexes()).replace("'", '"'),
        after="\n".join(_after(new)),
    )


def file_name(new: NewCollection) -> str:
    """The name of its file, behind the number."""
    return f"_{new.table.removeprefix('tbl_')}.py"


def _after(new: NewCollection) -> Iterator[str]:
    prefix = new.prefix()
    listed = ", ".join(f"{new.class_name}.{each}" for each in prefix)
    label = "_".join((new.table, *prefix, "newest"))
    yield NEWEST.format(name=new.class_name, columns=listed, label=label)
    for each in new.spec.uniques:
        yield unique_index(new, each, f"{new.class_name}.is_delete == 0")
