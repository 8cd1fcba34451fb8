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


ACTION_TITLES: Final[Mapping[AccountAction, tuple[str, str]]] = {
    AccountAction.LOGIN: ("登录", "log in"),
    AccountAction.LOGIN_REFUSED: ("登录失败", "login refused"),
    AccountAction.LOGOUT: ("退出", "log out"),
    AccountAction.SESSION_END: ("结束会话", "end a session"),
    AccountAction.OPERATOR_CREATE: ("新建操作员", "make an operator"),
    AccountAction.OPERATOR_DISABLE: ("停用操作员", "disable an operator"),
    AccountAction.OPERATOR_ENABLE: ("启用操作员", "enable an operator"),
    AccountAction.PASSWORD: ("修改密码", "change a password"),
    AccountAction.ROLE: ("修改角色", "change a role"),
    AccountAction.TOTP_ON: ("开启两步验证", "switch two-step login on"),
    AccountAction.TOTP_OFF: ("关闭两步验证", "switch two-step login off"),
}
"""Each action in Chinese and English, for the page of the log."""


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
