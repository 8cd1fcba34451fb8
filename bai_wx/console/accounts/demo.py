"""The demo shop's operator: an admin whose password is another at each start of the demo."""

from typing import Final

from bai_wx.console.accounts import changes, passwords
from bai_wx.console.accounts.operators import Operator
from bai_wx.console.acting import COMMAND_LINE
from bai_wx.console.roles import Role
from bai_wx.database.connection import database

NAME: Final = "demo"


def renew() -> str:
    """Make the operator `demo`, or give it another password. Returns: the password.

    Servers that start at once on one database each make a password; the last one holds.
    """
    password = passwords.made()
    with database.atomic():
        found = Operator.by_name(NAME)
        if found is None:
            changes.create(NAME, password, Role.ADMIN, COMMAND_LINE)
        else:
            changes.set_password(found.id, password, COMMAND_LINE)
    return password
