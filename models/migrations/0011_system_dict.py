"""系统字典: the table `tbl_system_dict`."""

from typing import Any

from peewee import AutoField, Database, IntegerField, Model, TextField


class Dictionary(Model):
    seq = AutoField()
    id = TextField(unique=True)
    created = TextField()
    updated = TextField()
    is_delete = IntegerField()
    system_dict_id = TextField(unique=True)
    dict_name = TextField(unique=True)
    dict_word_enum = TextField()
    dict_word_description = TextField()
    dict_word_is_enabled = TextField()
    dict_word_sort_order = TextField()
    dict_parent_id = TextField()
    dict_remark = TextField()

    class Meta:
        legacy_table_names = False
        table_name = "tbl_system_dict"
        indexes = ((("is_delete", "seq"), False),)


Dictionary.add_index(
    Dictionary.index(
        Dictionary.is_delete,
        Dictionary.created.desc(),
        Dictionary.seq,
        name="tbl_system_dict_is_delete_newest",
    )
)


def up(migrator: Any, db: Database) -> None:
    """Create it."""
    with db.bind_ctx([Dictionary]):
        db.create_tables([Dictionary], safe=False)


def down(migrator: Any, db: Database) -> None:
    """Drop it."""
    with db.bind_ctx([Dictionary]):
        db.drop_tables([Dictionary], safe=False)
