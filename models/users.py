"""Users (`tbl_auth_users`): everybody who logged in with WeChat. Clients cannot list them."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import ClassVar, Final, Self

from peewee import SQL, IntegrityError, Node, fn

from bai_wx.database import own_writes
from bai_wx.database.connection import database, request_connection
from bai_wx.database.statement import Asked, Param, Statement
from bai_wx.errors import (
    NotFound,
    Unauthorized,
    UserDisabled,
    WechatBusy,
    WechatMisconfigured,
    WechatUnavailable,
)
from bai_wx.record import clock, encrypted, ids, spending
from bai_wx.record.base import Caller, FieldValues, Record
from bai_wx.record.encrypted import Encrypted
from bai_wx.record.encryption import BlindIndex
from bai_wx.record.fields import Bool, Int, Relation, Select, Text
from bai_wx.record.shape import JsonObject
from models import profiles
from models.attachments import Attachment, owner_urls
from models.company import Company
from models.profiles import PAPERS, PICTURES, Profile
from models.standing import Standing, looked_at
from models.words import word

GUEST, REGISTERED = "游客", "注册用户"
"""A user's types: until its profile is complete, and ever after."""

WECHAT = "WeChat"
"""The kind of account of everybody who logged in here."""

PHONES: Final = "phones-a-day"
"""The quota of exchanges of a phone's code."""

LEVELS = "users_level"
"""The dictionary that names users' levels."""

ACTIVE, DISABLED = "active", "disabled"

PLACEHOLDER_NAME = "微信用户"
"""The nickname that WeChat gives to users who have chosen none."""

BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Characters that Unicode counts as letters or symbols, and that fonts leave blank."""


PHONE_END: Final = 4
"""So many of a phone's last digits its mask shows, and name it to an operator."""
MASKED_FROM: Final = 8  # characters; of a shorter phone the mask shows less


def phone_end(phone: str) -> str:
    """The last digits of a phone by which an operator finds it, `""` of one too short to show them."""
    return phone[-PHONE_END:] if len(phone) >= MASKED_FROM else ""


class User(Record):
    """One user of the mini program. `token_key` is its part of the key that signs its tokens."""

    openid = Text(100, unique=True, required=True, server_made=True)
    unionid = Text(100, server_made=True)
    users_id = Text(64, default=partial(ids.business_id, "U"), unique=True, server_made=True)
    users_name = Text(50)
    users_phone = Encrypted(20)
    users_phone_index = BlindIndex("users_phone", str)
    users_phone_end_index = BlindIndex("users_phone", phone_end)
    users_phone_verified = Bool()
    users_picture = Text(500)
    users_title_picture = Text(500)
    users_id_pic_a = Text(500)
    users_id_pic_b = Text(500)
    users_id_number = Encrypted()
    users_type = Select(GUEST, REGISTERED, first=GUEST)
    users_idtype = Text(first=WECHAT)
    users_status = Select(ACTIVE, DISABLED, first=ACTIVE)
    users_rank_level = Int(0)
    users_level = Text()
    users_tag = Text(1000)
    users_parent_id = Text()
    users_convers_id = Text()
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
    OPERATOR_CREATES: ClassVar[bool] = False
    OPERATOR_DELETES: ClassVar[bool] = False

    class Meta:
        table_name = "tbl_auth_users"
        indexes = ((("is_delete", "seq"), False),)

    @classmethod
    def set_by_operator(cls) -> frozenset[str]:
        """What the shop notes of a user; its profile is its own, and its state has a verb."""
        return frozenset(
            {
                "users_rank_level",
                "users_level",
                "users_tag",
                "users_parent_id",
                "users_convers_id",
                "company",
            }
        )

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
        begins = {name: field.first for name, field in cls.record_fields().items() if field.first}
        user = cls(openid=openid, unionid=unionid, **begins)
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
    def _locked(cls, caller: Caller) -> Self:
        try:
            return cls.to_change(caller, "id", caller.id)
        except NotFound as exc:
            raise Unauthorized("its user is gone") from exc

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
    def known_by(cls, moment: str) -> int:
        """How many of the undeleted users were there at a moment."""
        return cls.select().where(cls.undeleted(cls) & (cls.created <= moment)).count()

    @classmethod
    def standing(cls, record_id: str) -> Standing | None:
        """What a token of this user is checked against; None when there is no such user."""
        is_on = own_writes.switch.is_on
        row = (
            looked_at(_STANDING_AND_WRITE, record_id) if is_on else _STANDING.row({"id": record_id})
        )
        return Standing(*row) if row else None

    @classmethod
    def stands(cls, record_id: str, changing: tuple[str, ...]) -> bool:
        """Whether a user stands as it did when its token was checked. Of that `Standing.changing` is given."""
        if own_writes.switch.is_on:
            return looked_at(_CHANGING_AND_WRITE, record_id) == changing
        return _CHANGING.row({"id": record_id}) == changing

    @classmethod
    def ask_standing(cls, record_id: str, *, before_write: bool) -> Asked:
        """Ask early for what `stands` looks at; its row is `Standing.changing`.

        `before_write` says that a transaction begins soon, which it may go along with.
        """
        ask = _CHANGING.ask_joining if before_write else _CHANGING.ask
        return ask({"id": record_id})

    @classmethod
    def set_status(cls, openid: str, status: str) -> None:
        """Disable or enable a user, as the operator does. Raises: `NotFound`."""
        with database.atomic():
            user = cls.by_openid(openid)
            user.users_status = status
            user.touch()
            user.save(only=[cls.users_status, cls.updated])

    @classmethod
    def check_profile(cls, caller: Caller, sent: Profile) -> None:
        """See whether a profile can be written, before a phone's code is spent. Raises: as `update_profile`."""
        profiles.check_pictures(caller, profiles.changes(cls.of(caller), sent, ""))

    @classmethod
    @contextmanager
    def spending_phone_exchange(cls, caller: Caller) -> Iterator[None]:
        """Count an exchange of a phone's code, which is paid for. Raises: `TooManyRequests`.

        Where WeChat could not answer, it is not counted. A code that it refused is.
        """
        spending.spend(caller.id, PHONES, "今天获取手机号的次数太多，请明天再试")
        request_connection.pause()  # WeChat is asked next, for longer than others can wait
        try:
            yield
        except (WechatBusy, WechatMisconfigured, WechatUnavailable):
            spending.give_back(caller.id, PHONES)
            raise

    @classmethod
    def update_profile(cls, caller: Caller, sent: Profile, verified_phone: str = "") -> Self:
        """Write what the caller sends of its profile; nothing is written where nothing changes.

        `verified_phone` is the number of a phone's code. A complete profile makes a registered user, for good.
        Raises: `Unauthorized`, as `of`; `ValidationFailed` for what is not there.
        """
        with database.atomic():
            user = cls._locked(caller)
            changes = profiles.changes(user, sent, verified_phone)
            profiles.check_pictures(caller, changes)
            profiles.mark_papers(caller, changes)
            user.__data__.update(changes := encrypted.sealed(cls, changes, user.id))
            if user.is_info_complete and user.users_type != REGISTERED:
                user.users_type = changes["users_type"] = REGISTERED
            if changes:
                user.touch()
                user.update_row(*changes, "updated")
            return user

    @classmethod
    def fill_derived(cls, values: FieldValues) -> None:
        """Give an imported user the type that its profile makes."""
        if is_complete(values["users_name"], values["users_picture"]):
            values["users_type"] = REGISTERED

    @classmethod
    def settle_import(cls) -> None:
        """Mark the attachments that users name as identity papers and own, as a profile does."""
        papers = [getattr(cls, name) for name in PAPERS]
        names_own = (cls.openid == Attachment.attachments_owner) & (
            Attachment.attachments_id << papers
        )
        named = fn.EXISTS(cls.select(SQL("1")).where(names_own))
        unmarked = Attachment.attachments_is_identity == 0
        Attachment.update(attachments_is_identity=1).where(unmarked & named).execute()

    @property
    def is_info_complete(self) -> bool:
        """Whether name and picture are set. Asking WeChat for a phone number costs, so none is needed."""
        return is_complete(self.users_name, self.users_picture)

    def info(self, file_token: Callable[[], str]) -> JsonObject:
        """`UserInfo` of the contract. `file_token` makes the token that opens its identity papers."""
        company = Company.of_id(self.company) if self.company else None
        return {
            "pb_id": self.id,
            **{name: getattr(self, name) for name in _INFO},
            "users_phone_masked": masked_phone(self.users_phone),
            "users_phone_verified": bool(self.users_phone_verified),
            "users_level_name": word(LEVELS, self.users_level),
            **self._picture_urls(file_token),
            "company_id": company.company_id if company else "",
            "company": company.info(self.openid) if company else None,
            "created": self.created,
            "updated": self.updated,
        }

    def _picture_urls(self, file_token: Callable[[], str]) -> JsonObject:
        """The address of each picture, `""` without one and for an attachment that is gone."""
        values = {name: getattr(self, name) for name in (*PICTURES, *PAPERS)}
        named = set(profiles.attachments_named(values, (*PICTURES, *PAPERS)).values())
        urls = owner_urls(self.openid, named, file_token)
        return {
            f"{name}_url": urls.get(text, "") if text in named else text
            for name, text in values.items()
        }


_INFO: Final = (
    "users_id",
    "openid",
    "users_name",
    "users_phone",
    *PICTURES,
    *PAPERS,
    "users_id_number",
    "users_type",
    "users_idtype",
    "users_status",
    "users_rank_level",
    "users_level",
    "users_tag",
    "users_parent_id",
    "users_convers_id",
)
"""What `UserInfo` shows as it is stored."""

_COUNT = Statement(User.select(fn.COUNT(SQL("*"))).where(User.undeleted(User)))
_BY_OPENID = Statement(User.select().where(User.openid == Param("openid")))
_OWN = Statement(User.select().where(User.visible(User, Param("openid"), Param("now"))))


def _reading(names: Iterable[str], *more: Node) -> Statement:
    """Reads columns of the user of `id`, and more."""
    found = User.select(*(getattr(User, name) for name in names), *more)
    return Statement(found.where((User.id == Param("id")) & User.undeleted(User)))


_STANDING, _CHANGING = _reading(Standing._fields), _reading(Standing._fields[:-1])
_STANDING_AND_WRITE = _reading(Standing._fields, own_writes.newest(User.id))
_CHANGING_AND_WRITE = _reading(Standing._fields[:-1], own_writes.newest(User.id))


def is_complete(name: str, picture: str) -> bool:
    """Whether a name can be seen, is not WeChat's placeholder, and has a picture beside it."""
    return bool(picture.strip()) and seen(name) not in {"", PLACEHOLDER_NAME}


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
