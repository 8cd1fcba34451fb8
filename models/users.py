"""Users (`tbl_auth_users`): everybody who logged in with WeChat. Clients cannot list them."""

import unicodedata
from collections.abc import Mapping
from functools import partial
from typing import ClassVar, NamedTuple, Self, TypedDict

from peewee import SQL, IntegrityError, fn

from bai_wx.database.connection import database
from bai_wx.database.statement import Param, Statement
from bai_wx.errors import NotFound, Unauthorized, UserDisabled, ValidationFailed
from bai_wx.record import clock, ids
from bai_wx.record.base import Caller, Record
from bai_wx.record.fields import Int, Relation, Select, Text
from bai_wx.record.shape import JsonObject
from models.company import Company

ACTIVE, DISABLED = "active", "disabled"

PLACEHOLDER_NAME = "微信用户"
"""The nickname that WeChat gives to users who have chosen none."""

BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Characters that Unicode counts as letters or symbols, and that fonts leave blank."""


class Profile(TypedDict, total=False):
    """The parts of a profile that a user may change; `company` is a record id, `""` for none."""

    users_name: str
    users_phone: str
    users_picture: str
    company: str


class Standing(NamedTuple):
    """The columns of a user that its token is checked against on every request."""

    openid: str
    token_key: str
    users_status: str


class User(Record):
    """One user of the mini program. `token_key` is its part of the key that signs its tokens."""

    openid = Text(unique=True, required=True, server_made=True)
    unionid = Text(server_made=True)
    users_id = Text(default=partial(ids.business_id, "U"), unique=True, server_made=True)
    users_name = Text(50)
    users_phone = Text(20)
    users_picture = Text(500)
    users_type = Select("wechat", first="wechat")
    users_status = Select(ACTIVE, DISABLED, first=ACTIVE)
    users_rank_level = Int(0)
    company = Relation("tbl_company")
    token_key = Text(default=ids.token_key, server_made=True, hidden=True)

    OWNER: ClassVar[str | None] = "openid"
    SHOWN_AS: ClassVar[tuple[str, ...]] = ("UserInfo",)
    COLLECTION_TYPE: ClassVar[str] = "auth"
    CONSTANTS: ClassVar[Mapping[str, str | bool]] = {
        "email": "",
        "emailVisibility": False,
        "verified": False,
    }
    """Members of every auth record of PocketBase; its typed SDKs cannot read a record without them."""
    LISTED: ClassVar[bool] = False

    class Meta:
        table_name = "tbl_auth_users"
        indexes = ((("is_delete", "seq"), False),)

    @classmethod
    def login(cls, openid: str, unionid: str, known: Self | None = None) -> tuple[Self, bool]:
        """Find the user of this openid, or register it. `known` is the user where it was found already.

        Two first logins of one openid at once make one user: the unique index lets one insert win.
        Returns: the user, and whether it was registered just now.
        Raises: `UserDisabled`, also for a deleted one: only the operator brings a user back.
        """
        user, registered = known or cls._find(openid), False
        if user is None:
            user, registered = cls._register(openid, unionid)
        if user._is_barred:
            raise UserDisabled(f"user {user.users_id}")
        if user._lacks(unionid):
            user._learn_unionid(unionid)
        return user, registered

    @classmethod
    def known(cls, openid: str, unionid: str) -> Self | None:
        """Find the user of this openid if its login writes nothing, as one that is refused does not."""
        user = cls._find(openid)
        if user is None or user._is_barred or not user._lacks(unionid):
            return user
        return None

    @classmethod
    def _find(cls, openid: str) -> Self | None:
        return cls.first_of(_BY_OPENID, {"openid": openid})

    @classmethod
    def _register(cls, openid: str, unionid: str) -> tuple[Self, bool]:
        row = {"openid": openid, "unionid": unionid}
        user = cls(**row, users_type=cls.users_type.first, users_status=cls.users_status.first)
        with database.atomic():
            # A refused insert would be an error that PostgreSQL logs, with the openid in it.
            if user.insert_unless_there():
                return user, True
        winner = cls._find(openid)
        if winner is None:
            raise IntegrityError("a user of another openid has an id that was drawn for this one")
        return winner, False

    @property
    def _is_barred(self) -> bool:
        return bool(self.users_status == DISABLED or self.is_delete)

    def _lacks(self, unionid: str) -> bool:
        return bool(unionid) and self.unionid != unionid

    def _learn_unionid(self, unionid: str) -> None:
        self.unionid = unionid
        self.touch()
        with database.atomic():
            self.update_row("unionid", "updated")

    @classmethod
    def of(cls, caller: Caller) -> Self:
        """Read the caller's row. Raises: `Unauthorized` when it was deleted after its token was checked."""
        user = cls.first_of(_OWN, {"openid": caller.openid, "now": clock.now()})
        if user is None:
            raise Unauthorized("its user is gone")
        return user

    @classmethod
    def by_openid(cls, openid: str) -> Self:
        """Find an undeleted user, whatever its state. Raises: `NotFound`."""
        named = cls.select().where((cls.openid == openid) & cls.undeleted(cls))
        user: Self | None = named.first()
        if user is None:
            raise NotFound(f"no user with openid {openid}")
        return user

    @classmethod
    def count(cls) -> int:
        """How many undeleted users there are."""
        row = _COUNT.row({})
        return int(row[0]) if row else 0

    @classmethod
    def standing(cls, record_id: str) -> Standing | None:
        """What a token of this user is checked against; None when there is no such user."""
        row = _STANDING.row({"id": record_id})
        return Standing(*row) if row else None

    @classmethod
    def set_status(cls, openid: str, status: str) -> None:
        """Disable or enable a user, as the operator does. Raises: `NotFound`."""
        with database.atomic():
            user = cls.by_openid(openid)
            user.users_status = status
            user.touch()
            user.save(only=[cls.users_status, cls.updated])

    @classmethod
    def update_profile(cls, caller: Caller, profile: Profile) -> Self:
        """Write the given parts of the caller's profile. Raises: `Unauthorized`, as `of`."""
        with database.atomic():
            user = cls.of(caller)
            user.touch()
            changes = {**profile, "updated": user.updated}
            cls.update(changes).where(cls.seq == user.seq).execute()
            return cls.of(caller)

    @property
    def is_info_complete(self) -> bool:
        """Whether name and picture are set. Asking WeChat for a phone number costs, so none is needed."""
        return bool(self.users_picture.strip()) and seen(self.users_name) not in {
            "",
            PLACEHOLDER_NAME,
        }

    def info(self) -> JsonObject:
        """`UserInfo` of the contract."""
        company = Company.of_id(self.company) if self.company else None
        return {
            "pb_id": self.id,
            "users_id": self.users_id,
            "openid": self.openid,
            "users_name": self.users_name,
            "users_phone": self.users_phone,
            "users_phone_masked": masked_phone(self.users_phone),
            "users_picture": self.users_picture,
            "users_type": self.users_type,
            "users_status": self.users_status,
            "users_rank_level": self.users_rank_level,
            "company_id": company.company_id if company else "",
            "company": company.info() if company else None,
            "created": self.created,
            "updated": self.updated,
        }


_COUNT = Statement(User.select(fn.COUNT(SQL("*"))).where(User.undeleted(User)))
_BY_OPENID = Statement(User.select().where(User.openid == Param("openid")))
_OWN = Statement(User.select().where(User.visible(User, Param("openid"), Param("now"))))
_STANDING = Statement(
    User.select(*(getattr(User, name) for name in Standing._fields)).where(
        (User.id == Param("id")) & User.undeleted(User)
    )
)


def company_named(company_id: str) -> str:
    """Find the record id of the company with this business id, `""` when none is named.

    Raises: `ValidationFailed` when there is no such company.
    """
    if not company_id:
        return ""
    named = Company.visible_to(None).where(Company.company_id == company_id)
    company: Company | None = named.first()
    if company is None:
        raise ValidationFailed({"company_id": "不存在"})
    return str(company.id)


def seen(name: str) -> str:
    """The visible characters of a name: without spaces and characters that leave no mark."""
    marks = (c for c in name if unicodedata.category(c)[0] not in "CZ" and c not in BLANK_LETTERS)
    return "".join(marks)


def masked_phone(phone: str) -> str:
    """Hide the middle of a number: `138****8000`, `+852****4567`; of a short one nearly all."""
    if not phone:
        return ""
    head = 4 if phone.startswith("+") else 3
    if len(phone) < head + 5:
        return "****" + phone[-2:]
    return f"{phone[:head]}****{phone[-4:]}"
