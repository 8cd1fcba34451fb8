"""What cannot be scaffolded is refused before anything is written, each with its file, line and pointer."""

import builtins
import keyword
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from bai_wx.contract.family import Family, family_of
from bai_wx.contract.field_specs import FieldSpec, Kind
from bai_wx.contract.files import ContractError
from bai_wx.contract.scaffold.model import SOURCES, unique_name
from bai_wx.contract.scaffold.plan import NewCollection, Planned
from bai_wx.contract.spec import COLLABORATORS, snake_case
from bai_wx.record.base import Record

NOT_WRITTEN: Final = {"501", "5XX", "default"}
"""The responses that may stand for a stub's answer."""

ARGUMENTS: Final = {"body", "query", "user", "token", "upload", "uploads", *COLLABORATORS}
"""What the server passes to a handler by these names, so that no parameter can be called so."""

SAID_IN_HANDLERS: Final = {
    "Any",
    "Caller",
    "NotImplementedYet",
    "NotRequired",
    "TypedDict",
    "Upload",
}
SAID_IN_HANDLERS_TOO: Final = {"dialect", "bai_wx", "models"}

LONGEST_NAME: Final = 63
"""PostgreSQL cuts the name of an index here."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


def refuse(
    operations: Iterable[Planned],
    collections: Iterable[NewCollection],
    unnamed: Iterable[str] = (),
) -> None:
    """Raise `ContractError` with every reason not to write these, a line each."""
    found = [*unnamed]
    found += [problem for each in operations for problem in _of_operation(each)]
    found += [problem for each in collections for problem in _of_collection(each)]
    if found:
        raise ContractError("\n".join(found))


def problem_of(name: str, taken: Iterable[str] = ()) -> str:
    """Why Python or the server cannot use a name; `""` where they can."""
    if keyword.iskeyword(name):
        return f"{name!r} is a word of Python's"
    if not name.isidentifier():
        return f"{name!r} is no name in Python"
    if name in taken:
        return f"{name!r} is a name of the server's"
    return f"{name!r} is a built-in of Python's" if hasattr(builtins, name) else ""


def _of_operation(operation: Planned) -> Iterator[str]:
    where = operation.spot or operation.id
    if problem := problem_of(operation.id, SAID_IN_HANDLERS | SAID_IN_HANDLERS_TOO):
        yield f"{where}: the operationId {problem}"
    elif operation.id.startswith("_"):
        yield f"{where}: the operationId {operation.id!r} begins with _, which is for helpers"
    if keyword.iskeyword(operation.module) or not operation.module.isidentifier():
        yield f"{where}: the file's name makes the module {operation.module!r}, which is none"
    if operation.verb:
        return
    yield from (f"{where}: {problem}" for problem in _of_parameters(operation))
    if not NOT_WRITTEN & operation.definition["responses"].keys():
        yield (
            f"{where}: {operation.id} declares no answer for what is not written yet;"
            " add a `501` response to it"
        )


def _of_parameters(operation: Planned) -> Iterator[str]:
    seen: set[str] = set()
    is_native = family_of(operation.path) is Family.NATIVE
    for parameter in operation.definition.get("parameters", ()):
        if parameter["name"] == "Idempotency-Key" or (is_native and parameter["in"] != "path"):
            continue
        name = snake_case(parameter["name"])
        if problem := problem_of(name, ARGUMENTS | seen | SAID_IN_HANDLERS):
            yield f"the parameter {problem}"
        seen.add(name)


def _of_collection(new: NewCollection) -> Iterator[str]:
    spot = new.spec.spot
    if not re.fullmatch(r"tbl_[a-z0-9_]+", new.table):
        yield f"{spot}: the collection's name {new.table!r} must be tbl_ and small letters"
    if not new.spec.schema.startswith("PocketBase") or not new.spec.schema.endswith("Record"):
        yield f"{spot}: the record schema {new.spec.schema!r} must be called PocketBase…Record"
    elif problem := problem_of(new.class_name, SOURCES):
        yield f"{spot}: the class {problem}; call the record schema otherwise"
    for field in new.spec.fields.values():
        yield from (f"{field.spot}: {problem}" for problem in _of_field(field, new))
    for verb, name, place in new.spec.unknown():
        yield f"{place}: the body of {verb} has {name!r}, which is no field of the record"
    for name in _index_names(new):
        if len(name) > LONGEST_NAME:
            yield f"{spot}: the index {name} has more than {LONGEST_NAME} characters"
    yield from (f"{spot}: {problem}" for problem in _of_owner(new))


def _index_names(new: NewCollection) -> Iterator[str]:
    yield "_".join((new.table, *new.prefix(), "newest"))
    yield from (unique_name(new, each) for each in new.spec.uniques)


def _of_field(field: FieldSpec, new: NewCollection) -> Iterator[str]:
    if problem := problem_of(field.name, {*SOURCES, *dir(Record), "seq"}):
        yield f"the field {problem}"
    elif not _NAME.fullmatch(field.name):
        yield f"the field {field.name!r} must be small letters, digits and _"
    if field.kind is Kind.BOOL:
        yield "no collection has a field of this kind; write an integer from 0 to 1"
    if field.derived and field.derived.joins:
        yield "a text that joins a relation's rows is written by hand, in the model"
    if field.required and _is_never_set(field, new):
        yield f"{field.name} is required, and no create may set it; make it readOnly, or let it be empty"


def _is_never_set(field: FieldSpec, new: NewCollection) -> bool:
    is_set = field.name in new.creatable or bool(new.first_state(field)) or field.private
    return "create" in new.spec.operations and not is_set


def _of_owner(new: NewCollection) -> Iterator[str]:
    changes: set[str] = {"update", "delete"} & new.spec.operations.keys()
    if changes and new.owner is None:
        yield f"{' and '.join(sorted(changes))}: whose rows are they? Say x-owner, or x-private of a field"


def of_taken(operation: Planned, bound: Iterable[str]) -> Any:
    """Raise `ContractError` for an operation whose name its module uses for something else."""
    if operation.id in set(bound):
        raise ContractError(
            f"{operation.spot or operation.id}: handlers/{operation.module}.py has another"
            f" {operation.id!r} already"
        )
