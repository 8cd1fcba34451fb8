"""The table of operators: those who may log in to the console."""

import re
import unicodedata
from typing import Final, Self

from peewee import BigIntegerField, Model, TextField

from bai_wx.console.accounts.errors import NameRefused, UnknownOperator
from bai_wx.console.roles import Role
from bai_wx.database.connection import database
from bai_wx.record import clock, ids
from bai_wx.record.encryption import EncryptedText

ACTIVE: Final = "active"
DISABLED: Final = "disabled"
MAX_NAME: Final = 40  # characters
_NAME: Final = re.compile(r"[\w.@-](?:[\w.@ -]*[\w.@-])?")


class Operator(Model):
    """An operator. `name_key` is the name as it is compared, without a difference of capitals."""

    id = TextField(primary_key=True, default=ids.record_id)
    name = TextField()
    name_key = TextField(unique=True)
    password = TextField()
    """The password's hash by argon2id, in its own text form."""
    role = TextField()
    status = TextField(default=ACTIVE)
    totp_secret = EncryptedText(default="")
    """The secret of the second factor in base32, encrypted at rest; `""` where it is off."""
    totp_step = BigIntegerField(default=0)
    """The time step of the last code that was used: no code is taken twice."""
    created = TextField(default=clock.now)
    updated = TextField(default=clock.now)
    last_login = TextField(default="")

    class Meta:
        database = database
        legacy_table_names = False
        table_name = "console_operators"

    @property
    def is_active(self) -> bool:
        """Whether the operator may log in."""
        return bool(self.status == ACTIVE)

    @property
    def has_second_factor(self) -> bool:
        """Whether a login asks for a code too."""
        return bool(self.__data__["totp_secret"])

    @classmethod
    def find(cls, operator_id: str) -> Self:
        """The operator of this id. Raises: `UnknownOperator`."""
        is_id = ids.is_record_id(operator_id)  # PostgreSQL cannot be asked for every text
        found = cls.get_or_none(cls.id == operator_id) if is_id else None
        if found is None:
            raise UnknownOperator(name=operator_id)
        return found

    @classmethod
    def named(cls, name: str) -> Self:
        """The operator of this name. Raises: `UnknownOperator`."""
        found = cls.by_name(name)
        if found is None:
            raise UnknownOperator(name=name)
        return found

    @classmethod
    def by_name(cls, name: str) -> Self | None:
        """The operator of this name, if any; a text that is no name is nobody's."""
        try:
            key = name_key(name)
        except NameRefused:
            return None
        return cls.get_or_none(cls.name_key == key)

    @classmethod
    def listed(cls) -> list[Self]:
        """Every operator, by name."""
        return list(cls.select().order_by(cls.name_key))

    @classmethod
    def is_last_admin(cls, operator: "Operator") -> bool:
        """Whether the operator is the only active admin. Asked in the transaction that would change it."""
        if operator.role != Role.ADMIN or not operator.is_active:
            return False
        others = cls.select(cls.id).where(
            cls.role == Role.ADMIN, cls.status == ACTIVE, cls.id != operator.id
        )
        return not others.exists()

    def write(self, *names: str) -> None:
        """Store these columns, and the moment, in the caller's transaction."""
        self.updated = clock.now()
        changes = {name: self.__data__[name] for name in (*names, "updated")}
        Operator.update(changes).where(Operator.id == self.id).execute()


def clean_name(name: str) -> str:
    """The name as it is stored: in Unicode's composed form. Raises: `NameRefused`."""
    composed = unicodedata.normalize("NFKC", name).strip()
    if len(composed) > MAX_NAME or not _NAME.fullmatch(composed):
        raise NameRefused
    return composed


def name_key(name: str) -> str:
    """The name as it is compared. Raises: `NameRefused`."""
    return clean_name(name).casefold()
