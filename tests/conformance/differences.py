"""Where ours answers otherwise on purpose, as `docs/pocketbase-differences.md` lists it."""

from dataclasses import dataclass
from typing import Any

from tests.conformance.compare import OWN, Case, records, updated
from tests.conformance.samples import USCI
from tests.running import Answer


@dataclass(frozen=True)
class Said:
    """What one side answers: its status, and a part of its JSON, looked for to any depth."""

    status: int
    json: Any = None

    def meets(self, answer: Answer) -> bool:
        """Whether this is what was answered."""
        if answer.status != self.status:
            return False
        return self.json is None or _holds(answer.json(), self.json)


def _holds(value: Any, part: Any) -> bool:
    if isinstance(value, dict) and isinstance(part, dict):
        return all(name in value and _holds(value[name], inner) for name, inner in part.items())
    return bool(value == part)


@dataclass(frozen=True)
class Difference:
    """A case that both sides answer, each in its own way."""

    case: Case
    ours: Said
    theirs: Said


_NOT_UNIQUE = {"code": "validation_not_unique", "message": "Value must be unique."}
_BLANK = {"code": "validation_required", "message": "Cannot be blank."}
_COMPANY = records("company")


def _company(name: str, body: bytes, kind: str = "application/json") -> Case:
    return Case(name, _COMPANY, "POST", user=OWN, headers={"Content-Type": kind}, body=body)


DIFFERENCES: list[Difference] = [
    # PocketBase learns of a second row from the database, after all else is well.
    Difference(
        updated(
            "unique beside other problems",
            "company",
            {},
            {"company_name": "", "company_usci": USCI[1]},
        ),
        ours=Said(400, {"data": {"company_name": _BLANK, "company_usci": _NOT_UNIQUE}}),
        theirs=Said(400, {"data": {"company_name": _BLANK}}),
    ),
    # Ours has no e-mail addresses, hence nothing to verify; tokens differ in their claims' order.
    Difference(
        Case("auth-refresh", "/collections/tbl_auth_users/auth-refresh", "POST", user="alice"),
        ours=Said(200, {"record": {"id": "user00000000000"}}),
        theirs=Said(200, {"record": {"id": "user00000000000", "email": "", "verified": False}}),
    ),
    Difference(
        _company("text after the object", b'{"company_name":"x"} more'),
        ours=Said(400),
        theirs=Said(200, {"company_name": "x"}),
    ),
    Difference(
        _company("a key twice", b'{"company_name":"x","company_name":"y"}'),
        ours=Said(200, {"company_name": "y"}),
        theirs=Said(400),
    ),
    Difference(
        _company("a media type in capitals", b'{"company_name":"x"}', "Application/JSON"),
        ours=Said(200, {"company_name": "x"}),
        theirs=Said(400, {"message": "Unsupported Content-Type."}),
    ),
]
