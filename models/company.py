"""Companies (`tbl_company`): everybody sees them, users add them, only its creator changes one."""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar, Self

from bai_wx.database.connection import lock_name
from bai_wx.database.statement import Param, Statement
from bai_wx.record import clock, ids
from bai_wx.record.base import Caller, FieldValues, Record, index_newest_first
from bai_wx.record.fields import Private, Text
from bai_wx.record.problems import INVALID_FORMAT, Problems
from bai_wx.record.quotas import RowQuotas, made_in_a_day, owned
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
    """One company. `company_owner_openid` is the openid of its creator, whatever a client sends there."""

    company_id = Text(64, default=partial(ids.business_id, "C"), unique=True, server_made=True)
    company_name = Text(200, required=True)
    company_type = Text(50)
    company_entity = Text(100)
    company_usci = Text(index=True)
    company_nationality = Text(50)
    company_nationality_code = Text(50)
    company_province = Text(50)
    company_province_code = Text(50)
    company_city = Text(50)
    company_city_code = Text(50)
    company_district = Text(50)
    company_district_code = Text(50)
    company_postalcode = Text(20)
    company_add = Text(300)
    company_status = Text(50, first="active")
    company_level = Text(20)
    company_owner_openid = Private(100, server_made=True, index=True)
    company_remark = Text(1000)

    CREATABLE: ClassVar[frozenset[str]] = frozenset(
        {
            "company_name",
            "company_type",
            "company_entity",
            "company_usci",
            "company_nationality",
            "company_nationality_code",
            "company_province",
            "company_province_code",
            "company_city",
            "company_city_code",
            "company_district",
            "company_district_code",
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
        """Note the creator; check the credit code and how many companies the creator has made."""
        lock_name(caller.openid)
        _QUOTAS.check(caller.openid)
        values["company_owner_openid"] = caller.openid
        cls.check_values(values, {}, problems)

    def prepare_update(self, changes: FieldValues, caller: Caller, problems: Problems) -> None:
        """Check the credit code where it changes."""
        self.check_values(changes, self.__data__, problems)

    @classmethod
    def check_values(
        cls, changes: Mapping[str, Any], stored: Mapping[str, Any], problems: Problems
    ) -> None:
        """Check the credit code where it changes."""
        usci = changes.get("company_usci", "")
        if usci and usci != stored.get("company_usci") and not usci_is_valid(usci):
            problems["company_usci"] = INVALID_FORMAT

    IMPORT_NOTES: ClassVar[Mapping[str, str]] = {
        "odd_credit_codes": "companies whose credit code is malformed or has a wrong check digit:"
        " {}; the codes are kept as they are"
    }

    @classmethod
    def prepare_import(cls, given: FieldValues) -> Iterator[str]:
        """Keep a credit code as it is, and count one that our API would refuse."""
        usci = given.get("company_usci")
        if usci and not usci_is_valid(usci):
            yield "odd_credit_codes"

    def info(self, openid: str) -> JsonObject:
        """`CompanyInfo` of the contract, as the user of this openid sees it."""
        own = self.company_owner_openid == openid
        return {
            "pb_id": self.id,
            **{name: getattr(self, name) for name in _INFO},
            "company_owner_openid": openid if own else "",
            "created": self.created,
            "updated": self.updated,
        }


_INFO = [name for name in Company.record_fields() if name.startswith("company_")]
_BY_ID = Statement(
    Company.select().where(Company.id == Param("id"), Company.visible(Company, None, Param("now")))
)

_QUOTAS = RowQuotas(
    owned(
        "companies",
        "创建的公司太多，不能再创建",
        Company.company_owner_openid,
        Company.is_delete == 0,
    ),
    # Who creates and deletes in turn would have as many as he likes in the table.
    made_in_a_day(
        "companies-a-day", Company.company_owner_openid, "今天创建的公司太多，请明天再试"
    ),
)

index_newest_first(Company, "is_delete")
