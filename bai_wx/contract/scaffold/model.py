"""The model of a collection, as the contract describes it: `models/<module>.py`."""

import re
from collections.abc import Iterable, Iterator

from bai_wx.contract.collections import Unique
from bai_wx.contract.scaffold import columns
from bai_wx.contract.scaffold.plan import NewCollection, in_docstring
from bai_wx.contract.scaffold.visible import Condition

MODEL = '''"""{title} (`{table}`)."""

{imports}

class {name}(Record):
    """{schema_title}。"""

{fields}
{settings}
    class Meta:
        table_name = "{table}"
        indexes = ({indexes},)
{methods}

{after}
'''

SHOWN = """
    @classmethod
    def shown(cls, rows: "Rows[Self]", openid: Node, now: Node) -> Expression:
        \"\"\"{text}\"\"\"
        return {condition}
"""

OWNER_NAMED = """
    @classmethod
    def may_create(cls, values: FieldValues, caller: Caller | None) -> bool:
        \"\"\"Only the caller itself may be the owner of a new row.\"\"\"
        return caller is not None and values.get("{owner}") == caller.openid
"""

OWNER_NOTED = """
    @classmethod
    def may_create(cls, values: FieldValues, caller: Caller | None) -> bool:
        \"\"\"Any user may.\"\"\"
        return caller is not None

    @classmethod
    def prepare_create(cls, values: FieldValues, caller: Caller, problems: Problems) -> None:
        \"\"\"Note the creator, whatever the client says.\"\"\"
        values["{owner}"] = caller.openid
"""

MAY_UPDATE = """
    def may_update(self, caller: Caller | None, values: FieldValues) -> bool:
        \"\"\"Only the owner may change a row, and not its owner.\"\"\"
        return caller is not None and {condition}
"""

UNIQUE = """{name}.add_index(
    {name}.index({columns}, unique=True, name="{label}"){where}
)"""

SOURCES = {
    "partial": "functools",
    "ClassVar": "typing",
    "Self": "typing",
    "SQL": "peewee",
    "Expression": "peewee",
    "Node": "peewee",
    "clock": "bai_wx.record",
    "ids": "bai_wx.record",
    "UNDELETED": "bai_wx.record.base",
    "Caller": "bai_wx.record.base",
    "FieldValues": "bai_wx.record.base",
    "Record": "bai_wx.record.base",
    "Rows": "bai_wx.record.base",
    "index_newest_first": "bai_wx.record.base",
    "Problems": "bai_wx.record.problems",
    **dict.fromkeys([*columns.CLASSES.values(), "Derived", "Private"], "bai_wx.record.fields"),
}
"""Where the names come from that a model may use, in the order of the imports."""

_NAME = re.compile(r"\b[A-Za-z_]+\b")
_TEXT = re.compile(r'""".*?"""|"[^"\n]*"', re.DOTALL)


def model_text(new: NewCollection) -> str:
    """The module of the collection's model."""
    fields = (columns.in_model(each, new) for each in new.spec.fields.values())
    made = MODEL.format(
        title=new.title,
        table=new.table,
        imports="{imports}",
        name=new.class_name,
        schema_title=(in_docstring(new.spec.title) or new.title).rstrip("。"),
        fields="".join(f"    {line}\n" for line in fields),
        settings="".join(f"    {line}\n" for line in _settings(new)),
        indexes=", ".join(f"({_names(each)}, False)" for each in new.indexes()),
        methods="".join(_methods(new)).rstrip("\n"),
        after="\n".join(_after(new)),
    )
    return made.replace("{imports}", "\n".join(_imports(made)) + "\n")


def _settings(new: NewCollection) -> Iterator[str]:
    if new.spec.owner:
        yield f'OWNER: ClassVar[str | None] = "{new.spec.owner}"'
    if "list" not in new.spec.operations:
        yield "LISTED: ClassVar[bool] = False"
    if any("is_delete" in each.when for each in new.spec.uniques):
        yield "NOT_DELETED: ClassVar[SQL | int] = UNDELETED"
    for name, settable in (("CREATABLE", new.creatable), ("UPDATABLE", new.updatable)):
        if settable:
            listed = ", ".join(f'"{each}"' for each in settable)
            yield f"{name}: ClassVar[frozenset[str]] = frozenset({{{listed}}})"


def _methods(new: NewCollection) -> Iterator[str]:
    if new.shown:
        yield SHOWN.format(text="Rows whose state allows it.", condition=new.shown.python())
    if new.owner is None or not new.is_written:
        return
    if "create" in new.spec.operations:
        is_named = new.owner.name in new.creatable and not new.owner.private
        yield (OWNER_NAMED if is_named else OWNER_NOTED).format(owner=new.owner.name)
    if {"update", "delete"} & new.spec.operations.keys():
        yield MAY_UPDATE.format(condition=_is_owners(new))


def _is_owners(new: NewCollection) -> str:
    """That the row is the caller's, as an expression: `visible` has asked it where rows have an owner."""
    assert new.owner is not None
    if new.spec.owner:
        return f'values.get("{new.spec.owner}", caller.openid) == caller.openid'
    return f"self.{new.owner.name} == caller.openid"


def _after(new: NewCollection) -> Iterator[str]:
    yield f"index_newest_first({new.class_name}, {', '.join(map(columns.quoted, new.prefix()))})"
    for each in new.spec.uniques:
        yield unique_index(new, each, f"{new.class_name}.undeleted({new.class_name})")


def unique_index(new: NewCollection, unique: Unique, undeleted: str) -> str:
    """The statement that adds an index of several columns, or of some rows, to the model."""
    name = new.class_name
    where = ""
    if unique.when:
        condition = Condition(unique.when, new.spec.fields, unique.spot)
        where = f".where({condition.python(name, undeleted)})"
    listed = ", ".join(f"{name}.{each}" for each in unique.fields)
    return UNIQUE.format(name=name, columns=listed, label=unique_name(new, unique), where=where)


def unique_name(new: NewCollection, unique: Unique) -> str:
    """The name of such an index."""
    return "_".join((new.table, *unique.fields, "unique"))


def _names(columns_of_index: Iterable[str]) -> str:
    listed = [f'"{name}"' for name in columns_of_index]
    return f"({', '.join(listed)}{',' if len(listed) == 1 else ''})"


def _imports(text: str) -> Iterator[str]:
    """The imports of what a module's text names, one a source."""
    named = set(_NAME.findall(_TEXT.sub('""', text).replace('"Rows[Self]"', "Rows[Self]")))
    if "Rows[Self]" in text:
        named |= {"Rows", "Self"}
    sources: dict[str, list[str]] = {}
    for name, source in SOURCES.items():
        if name in named:
            sources.setdefault(source, []).append(name)
    for source, names in sources.items():
        yield f"from {source} import {', '.join(names)}"
