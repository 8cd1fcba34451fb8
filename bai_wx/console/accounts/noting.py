"""What the audit log keeps of logins and of changes to operators. Passwords and secrets are never in it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from bai_wx.console import audit
from bai_wx.console.accounts.operators import Operator
from bai_wx.console.acting import Acting
from bai_wx.console.roles import Role

OPERATORS: Final = str(Operator._meta.table_name)
"""What the entries name as their collection."""


class AccountAction(StrEnum):
    """What happens to an operator's account."""

    LOGIN = "login"
    LOGIN_REFUSED = "login-refused"
    LOGOUT = "logout"
    SESSION_END = "session-end"
    OPERATOR_CREATE = "operator-create"
    OPERATOR_DISABLE = "operator-disable"
    OPERATOR_ENABLE = "operator-enable"
    PASSWORD = "password"
    ROLE = "role"
    TOTP_ON = "totp-on"
    TOTP_OFF = "totp-off"


def note(
    acting: Acting,
    action: AccountAction,
    operator: Operator,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Add an entry about this operator, in the caller's transaction."""
    named = {"name": operator.name, **(after or {})}
    audit.note(acting, action, OPERATORS, operator.id, before or {}, named, reason)


def note_refusal(operator: Operator | None, address: str, reason: str) -> None:
    """Add an entry about a login that was refused.

    A name that is nobody's is not kept: it may be a password that was typed in the wrong place.
    """
    if operator is None:
        nobody = Acting("", "", Role.VIEWER, address)
        audit.note(nobody, AccountAction.LOGIN_REFUSED, OPERATORS, "", {}, {}, reason)
        return
    acting = Acting(operator.id, operator.name, Role(operator.role), address)
    note(acting, AccountAction.LOGIN_REFUSED, operator, reason=reason)
