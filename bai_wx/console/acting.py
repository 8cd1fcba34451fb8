"""Who acts: the operator behind a request of the console, or the command line."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from bai_wx.console.roles import PERMISSIONS, Permission, Role


@dataclass(frozen=True, slots=True)
class Acting:
    """An operator who is logged in. `address` is the client's, as the audit log keeps it."""

    operator_id: str
    name: str
    role: Role
    address: str
    session_id: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether the operator's role has this permission."""
        return permission in PERMISSIONS[self.role]


present: Final[ContextVar[Acting | None]] = ContextVar("operator", default=None)
"""The operator whose request is being answered, in its threads too; None outside of one."""

COMMAND_LINE: Final = Acting("", "bai-wx", Role.ADMIN, "")
"""Who acts in a command: whoever may read the database's file."""
