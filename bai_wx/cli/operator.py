"""`operator`: who may log in to the console."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bai_wx.cli.common import answer, json_option, up_to_date_database
from bai_wx.console.accounts.errors import AccountProblem
from bai_wx.console.accounts.operators import Operator
from bai_wx.console.acting import COMMAND_LINE
from bai_wx.console.roles import Role
from bai_wx.process.settings import Settings

if TYPE_CHECKING:
    from types import ModuleType

Result = TypeVar("Result")

ROLES = click.Choice([str(role) for role in Role])
make_option = click.option("--make-password", is_flag=True, help="Make a password and print it.")


@click.group()
def operator() -> None:
    """Make, disable and enable operators of the console, change their passwords and roles.

    A password is asked for, or read as one line from stdin where that is no terminal.
    """


@operator.command()
@click.argument("name")
@click.option("--role", type=ROLES, required=True, help="What the operator may do.")
@make_option
@json_option
@click.pass_obj
def create(settings: Settings, name: str, role: str, make_password: bool, as_json: bool) -> None:
    """Make the operator NAME."""
    with up_to_date_database(settings):
        password = _password(make_password)
        made = _changed(lambda: _changes().create(name, password, Role(role), COMMAND_LINE))
    _tell(made, f"operator {made.name} is made, as {role}", as_json, password * make_password)


@operator.command("list")
@json_option
@click.pass_obj
def list_operators(settings: Settings, as_json: bool) -> None:
    """List the operators: name, role, status, whether a login asks for a code, the last login."""
    with up_to_date_database(settings):
        found = Operator.listed()
    told = [
        {**_facts(each), "code": each.has_second_factor, "last_login": each.last_login}
        for each in found
    ]
    lines = ("\t".join(str(value) for value in each.values()) for each in told)
    answer(as_json, {"operators": told}, "\n".join(lines))


@operator.command()
@click.argument("name")
@json_option
@click.pass_obj
def disable(settings: Settings, name: str, as_json: bool) -> None:
    """End the sessions of the operator NAME, and refuse its logins."""
    with up_to_date_database(settings):
        found = _changed(lambda: _changes().disable(Operator.named(name).id, COMMAND_LINE))
    _tell(found, f"operator {found.name} is disabled", as_json)


@operator.command()
@click.argument("name")
@json_option
@click.pass_obj
def enable(settings: Settings, name: str, as_json: bool) -> None:
    """Let the operator NAME log in again."""
    with up_to_date_database(settings):
        found = _changed(lambda: _changes().enable(Operator.named(name).id, COMMAND_LINE))
    _tell(found, f"operator {found.name} is active", as_json)


@operator.command()
@click.argument("name")
@make_option
@json_option
@click.pass_obj
def password(settings: Settings, name: str, make_password: bool, as_json: bool) -> None:
    """Give the operator NAME another password; its sessions end."""
    with up_to_date_database(settings):
        operator_id = _changed(lambda: Operator.named(name).id)
        new = _password(make_password)
        found = _changed(lambda: _changes().set_password(operator_id, new, COMMAND_LINE))
    _tell(found, f"operator {found.name} has another password", as_json, new * make_password)


@operator.command()
@click.argument("name")
@click.argument("role", type=ROLES)
@json_option
@click.pass_obj
def role(settings: Settings, name: str, role: str, as_json: bool) -> None:
    """Give the operator NAME another ROLE; its sessions end."""
    with up_to_date_database(settings):
        found = _changed(
            lambda: _changes().set_role(Operator.named(name).id, Role(role), COMMAND_LINE)
        )
    _tell(found, f"operator {found.name} is {found.role}", as_json)


@operator.command()
@click.argument("name")
@click.option("--off", is_flag=True, required=True, help="Switch the second factor off.")
@json_option
@click.pass_obj
def totp(settings: Settings, name: str, off: bool, as_json: bool) -> None:
    """Let the operator NAME, whose phone is lost, log in without a code; its sessions end."""
    with up_to_date_database(settings):
        found = _changed(lambda: _changes().switch_off_totp(Operator.named(name).id, COMMAND_LINE))
    _tell(found, f"operator {found.name} logs in without a code", as_json)


def _changes() -> "ModuleType":
    # It loads argon2 and the second factor, which no other command needs.
    from bai_wx.console.accounts import changes

    return changes


def _changed(change: Callable[[], Result]) -> Result:
    """Do what is asked. Raises: `ClickException` with the sentence of what is refused."""
    try:
        return change()
    except AccountProblem as exc:
        raise click.ClickException(exc.english) from exc


def _password(make: bool) -> str:
    """A made password, or the one that somebody types or pipes; never one of the command line."""
    if make:
        from bai_wx.console.accounts import passwords  # argon2, as above

        return passwords.made()
    if sys.stdin.isatty():
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return typed
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise click.ClickException("stdin has no password; write one line, or use --make-password")
    return line


def _tell(found: Operator, sentence: str, as_json: bool, made: str = "") -> None:
    told = {**_facts(found), **({"password": made} if made else {})}
    answer(as_json, told, f"{sentence}\npassword: {made}" if made else sentence)


def _facts(found: Operator) -> dict[str, Any]:
    return {"name": found.name, "role": found.role, "status": found.status}
