"""A login: throttle, password, second factor, session, in this order."""

from bai_wx.console.accounts import passwords, sessions, throttle, totp
from bai_wx.console.accounts.errors import (
    CodeNeeded,
    CodeRefused,
    LoginRefused,
    NameRefused,
    OperatorDisabled,
    PasswordWrong,
    TooManyAttempts,
)
from bai_wx.console.accounts.noting import AccountAction, note, note_refusal
from bai_wx.console.accounts.operators import Operator, name_key
from bai_wx.console.accounts.throttle import Attempt, Client
from bai_wx.console.acting import Acting
from bai_wx.console.roles import Role
from bai_wx.database.connection import database
from bai_wx.record import clock


def log_in(
    name: str, password: str, code: str, address: str, agent: str, *, device: str = ""
) -> str:
    """Log an operator in.

    Args: `code` of the second factor, `""` where none was typed; `device` is the value of the cookie that a
    browser keeps after its first login, `""` where it has none.
    Returns: the value of the session's cookie.
    Raises: `LoginRefused`, or what is more exact once the password was right; `TooManyAttempts`.
    """
    operator, client = Operator.by_name(name), Client(address, device)
    try:
        attempt = _check(operator, name, password, code, client)
    except LoginRefused as refusal:
        if not isinstance(refusal, TooManyAttempts | CodeNeeded):  # of the first there is no end
            note_refusal(operator, address, refusal.chinese)
        raise
    assert operator is not None
    throttle.succeed(attempt, operator.id, client)
    return _admit(operator, password, address, agent)


def confirm(operator_id: str, password: str, address: str, *, device: str = "") -> Operator:
    """Have an operator who is logged in confirm a change by its password, counted as a login is.

    Raises: `PasswordWrong`, `TooManyAttempts`.
    """
    operator, client = Operator.find(operator_id), Client(address, device)
    attempt = throttle.claim(operator.name_key, operator.id, client)
    if not passwords.matches(operator.password, password):
        wrong = PasswordWrong()
        note_refusal(operator, address, wrong.chinese)
        raise wrong
    throttle.succeed(attempt, operator.id, client)
    return operator


def _check(
    operator: Operator | None, name: str, password: str, code: str, client: Client
) -> Attempt:
    """Count the try, then look at it. Raises: `LoginRefused`."""
    attempt = throttle.claim(_account(name), operator.id if operator else "", client)
    # Nobody's password takes as long to compare, so the time does not tell which names there are.
    stored = operator.password if operator else passwords.NOBODYS_HASH
    if not passwords.matches(stored, password) or operator is None:
        raise LoginRefused
    if not operator.is_active:
        raise OperatorDisabled
    if operator.has_second_factor and not code.strip():
        throttle.release(attempt)
        raise CodeNeeded
    if operator.has_second_factor and not totp.use(operator, code):
        raise CodeRefused
    return attempt


def _admit(operator: Operator, password: str, address: str, agent: str) -> str:
    stored = operator.password
    if passwords.is_outdated(stored):
        stored = passwords.hash_of(password)
    with database.atomic():
        # Not `updated`: nobody has changed the operator. A password that was changed meanwhile stays.
        same = (Operator.id == operator.id) & (Operator.password == operator.password)
        if not Operator.update(last_login=clock.now(), password=stored).where(same).execute():
            raise LoginRefused
        acting = Acting(operator.id, operator.name, Role(operator.role), address)
        note(acting, AccountAction.LOGIN, operator)
        return sessions.begin(operator, address, agent)


def _account(name: str) -> str:
    """What failures of this name are counted under; texts that are no names are counted alike."""
    try:
        return name_key(name)
    except NameRefused:
        return ""
