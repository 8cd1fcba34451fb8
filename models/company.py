"""Companies (`tbl_company`): everybody sees them, users add them, only its creator changes one."""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar, Self

from peewee import SQL

from bai_wx.database.statement import Param, Statement
from bai_wx.record import clock, ids
from bai_wx.record.base import UNDELETED, Caller, FieldValues, Record, index_newest_first
from bai_wx.record.fields import Select, Text
from bai_wx.record.problems import INVALID_FORMAT, NOT_UNIQUE, Problems
from bai_wx.record.shape import JsonObject

USCI_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of a unified social credit code: without I, O, S, V and Z, which resemble others."""
USCI = re.compile(rf"[{USCI_ALPHABET}]{{2}}[0-9]{{6}}[{USCI_ALPHABET}]{{10}}")


def usci_is_valid(code: str) -> bool:
    """Whether this is a unified social credit code: 18 characters, no small letters, checked.

    The check digit is 31 minus the weighted sum of the first 17 characters' values modulo 31, the
    weight of place i being 3 to the i modulo 31.
    Source: GB 32100-2015, 法人和其他组织统一社会信用代码编码规则, 4.3.
    """
    if not USCI.fullmatch(code):
        return False
    values = [USCI_ALPHABET.index(character) for character in code]
    total = sum(value * pow(3, place, 31) for place, value in enumerate(values[:17]))
    return values[17] == -total % 31


class Company(Record):
    """One company. `company_owner_openid` is the openid of its creator."""

    company_id = Text(default=partial(ids.business_id, "C"), unique=True, server_made=True)
    company_name = Text(200, required=True)
    company_type = Text(50)
    company_entity = Text(100)
    company_usci = Text()
    company_nationality = Text(50)
    company_province = Text(50)
    company_city = Text(50)
    company_postalcode = Text(20)
    company_add = Text(300)
    company_status = Select("active", "inactive", first="active")
    company_level = Text(20)
    company_owner_openid = Text(server_made=True, hidden=True)
    company_remark = Text(1000)

    NOT_DELETED: ClassVar[SQL | int] = UNDELETED
    CREATABLE: ClassVar[frozenset[str]] = frozenset(
        {
            "company_name",
            "company_type",
            "company_entity",
            "company_usci",
            "company_nationality",
            "company_province",
            "company_city",
            "company_postalcode",
            "company_add",
            "company_status",
            "company_level",
            "company_remark",
        }
    )
    UPDATABLE: ClassVar[frozenset[str]] = CREATABLE | {"is_delete"}

    class Meta:
        table_name = "tbl_company"
        indexes = (
            (("is_delete", "seq"), False),
            (("is_delete", "company_name", "seq"), False),
        )

    @classmethod
    def of_id(cls, record_id: str) -> Self | None:
        """The undeleted company of this record id, if there is one."""
        return cls.first_of(_BY_ID, {"id": record_id, "now": clock.now()})

    @classmethod
    def may_create(cls, values: FieldValues, caller: Caller | None) -> bool:
        """Any user may."""
        return caller is not None

    def may_update(self, caller: Caller | None, values: FieldValues) -> bool:
        """Only its creator may. A company without a creator belongs to the operator."""
        return caller is not None and self.company_owner_openid == caller.openid

    @classmethod
    def prepare_create(cls, values: FieldValues, caller: Caller, problems: Problems) -> None:
        """Note the creator; check the credit code."""
        values["company_owner_openid"] = caller.openid
        _check_usci(values.get("company_usci", ""), None, problems)

    def prepare_update(self, changes: FieldValues, caller: Caller, problems: Problems) -> None:
        """Check the credit code where it changes."""
        usci = changes.get("company_usci", self.company_usci)
        if usci != self.company_usci:
            _check_usci(usci, self.seq, problems)

    @classmethod
    def check_import(
        cls, values: Mapping[str, Any], shown: Mapping[str, Any]
    ) -> Iterator[tuple[str, str]]:
        """Check the credit code."""
        if values["company_usci"] and not usci_is_valid(values["company_usci"]):
            yield "company_usci", "is not a unified social credit code"

    def info(self) -> JsonObject:
        """`CompanyInfo` of the contract: every visible `company_*` field."""
        shown = (
            name
            for name, field in self.record_fields().items()
            if name.startswith("company_") and not field.hidden
        )
        return {
            "pb_id": self.id,
            **{name: getattr(self, name) for name in shown},
            "created": self.created,
            "updated": self.updated,
        }


_BY_ID = Statement(
    Company.select().where(Company.id == Param("id"), Company.visible(Company, None, Param("now")))
)

index_newest_first(Company, "is_delete")
# A credit code is unique among undeleted companies that have one.
Company.add_index(
    Company.index(Company.company_usci, unique=True, name="tbl_company_usci_unique").where(
        Company.undeleted(Company) & (Company.company_usci != "")
    )
)


def _check_usci(usci: str, own_seq: int | None, problems: Problems) -> None:
    if not usci:
        return
    if not usci_is_valid(usci):
        problems["company_usci"] = INVALID_FORMAT
    if problems:
        return  # PocketBase finds another row with this code only when it writes, without other problems
    others = Company.visible_to(None).where(Company.company_usci == usci)
    if own_seq is not None:
        others = others.where(Company.seq != own_seq)
    if others.exists():
        problems["company_usci"] = NOT_UNIQUE
