"""What is done with operators: made, disabled, given another password or role, a second factor.

Each is one transaction with the end of the sessions that go with it and its entry of the audit log.
"""

from typing import Any, Final

from bai_wx.console.accounts import passwords, sessions, throttle, totp
from bai_wx.console.accounts.errors import (
    CodeRefused,
    LastAdmin,
    NameTaken,
)
from bai_wx.console.accounts.noting import AccountAction, note
from bai_wx.console.accounts.operators import ACTIVE, DISABLED, Operator, clean_name, name_key
from bai_wx.console.acting import Acting
from bai_wx.console.roles import Permission, Role
from bai_wx.database.connection import database, lock_name
from bai_wx.record import ids

_LOCK: Final = "console operators"


def create(name: str, password: str, role: Role, acting: Acting) -> Operator:
    """Make an operator. Raises: `NameRefused`, `NameTaken`, `PasswordRefused`."""
    clean, key = clean_name(name), name_key(name)
    passwords.check(password, clean)
    stored = passwords.hash_of(password)
    with database.atomic():
        lock_name(_LOCK)
        if Operator.by_name(clean) is not None:
            raise NameTaken(name=clean)
        values: dict[str, Any] = {"name": clean, "name_key": key, "password": stored}
        made = Operator.create(id=ids.record_id(), role=role, **values)
        note(acting, AccountAction.OPERATOR_CREATE, made, after={"role": role})
    return made


def set_password(operator_id: str, password: str, acting: Acting) -> Operator:
    """Give an operator another password; all its sessions end. Raises: `PasswordRefused`."""
    passwords.check(password, Operator.find(operator_id).name)
    stored = passwords.hash_of(password)
    with database.atomic():
        operator = _locked(operator_id)
        operator.password = stored
        operator.write("password")
        sessions.end_all_of(operator_id)
        throttle.forget_clients(operator_id)
        note(acting, AccountAction.PASSWORD, operator)
    return operator


def set_role(operator_id: str, role: Role, acting: Acting) -> Operator:
    """Give an operator another role; its sessions end where it is another. Raises: `LastAdmin`."""
    with database.atomic():
        operator = _locked(operator_id)
        if operator.role == role:
            return operator
        if Operator.is_last_admin(operator):
            raise LastAdmin(name=operator.name)
        before, operator.role = operator.role, role
        operator.write("role")
        sessions.end_all_of(operator_id)
        note(acting, AccountAction.ROLE, operator, {"role": before}, {"role": role})
    return operator


def disable(operator_id: str, acting: Acting) -> Operator:
    """Shut an operator out; its sessions end. Raises: `LastAdmin`."""
    with database.atomic():
        operator = _locked(operator_id)
        if Operator.is_last_admin(operator):
            raise LastAdmin(name=operator.name)
        sessions.end_all_of(operator_id)
        _set_status(operator, DISABLED, AccountAction.OPERATOR_DISABLE, acting)
    return operator


def enable(operator_id: str, acting: Acting) -> Operator:
    """Let an operator log in again."""
    with database.atomic():
        operator = _locked(operator_id)
        _set_status(operator, ACTIVE, AccountAction.OPERATOR_ENABLE, acting)
    return operator


def switch_on_totp(operator_id: str, secret: str, code: str, acting: Acting) -> Operator:
    """Have every login of this operator ask for a code too, once it has shown one of this secret.

    Its other sessions end. Raises: `CodeRefused`.
    """
    step = totp.step_of(secret, code)
    if not step:
        raise CodeRefused
    with database.atomic():
        operator = _locked(operator_id)
        operator.totp_secret, operator.totp_step = secret, step
        operator.write("totp_secret", "totp_step")
        sessions.end_all_of(operator_id, but=acting.session_id)
        note(acting, AccountAction.TOTP_ON, operator)
    return operator


def switch_off_totp(operator_id: str, acting: Acting) -> Operator:
    """Have logins of this operator ask for the password alone; its other sessions end."""
    with database.atomic():
        operator = _locked(operator_id)
        operator.totp_secret = ""
        operator.write("totp_secret")
        sessions.end_all_of(operator_id, but=acting.session_id)
        note(acting, AccountAction.TOTP_OFF, operator)
    return operator


def log_out(acting: Acting) -> None:
    """End the session that an operator acts in."""
    with database.atomic():
        if sessions.end(acting.session_id):
            note(acting, AccountAction.LOGOUT, Operator.find(acting.operator_id))


def end_session(session_id: str, acting: Acting) -> bool:
    """End a session: an admin any, everybody else its own. Returns: whether there was one to end."""
    with database.atomic():
        owner = sessions.owner_of(session_id)
        if owner is None or (owner != acting.operator_id and not acting.may(Permission.ADMINISTER)):
            return False
        sessions.end(session_id)
        note(acting, AccountAction.SESSION_END, Operator.find(owner))
    return True


def _locked(operator_id: str) -> Operator:
    """The operator, with no other change of any operator at the same time. Raises: `UnknownOperator`."""
    lock_name(_LOCK)
    return Operator.find(operator_id)


def _set_status(operator: Operator, status: str, action: AccountAction, acting: Acting) -> None:
    if operator.status != status:
        operator.status = status
        operator.write("status")
        note(acting, action, operator)
