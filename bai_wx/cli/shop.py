"""`token`, `user` and `order`: single users and orders."""

import click

from bai_wx.cli.common import answer, json_option, up_to_date_database
from bai_wx.console.acting import COMMAND_LINE
from bai_wx.errors import NotFound
from bai_wx.process.settings import Settings
from bai_wx.request.tokens import Tokens
from models.orders import Status
from models.users import ACTIVE, DISABLED, User


@click.command()
@click.argument("openid")
@json_option
@click.pass_obj
def token(settings: Settings, openid: str, as_json: bool) -> None:
    """Print a bearer token of the user with this OPENID."""
    with up_to_date_database(settings):
        user = _user(openid)
        if user.users_status == DISABLED:
            raise click.ClickException(f"user {openid} is disabled; its tokens would not hold")
        made = Tokens(settings.secret).issue(user)
    answer(as_json, {"token": made}, made)


@click.group()
def user() -> None:
    """Disable or enable a user."""


@user.command()
@click.argument("openid")
@json_option
@click.pass_obj
def disable(settings: Settings, openid: str, as_json: bool) -> None:
    """End the tokens of the user with this OPENID, and refuse its logins."""
    _set_status(settings, openid, DISABLED, as_json)


@user.command()
@click.argument("openid")
@json_option
@click.pass_obj
def enable(settings: Settings, openid: str, as_json: bool) -> None:
    """Let the user with this OPENID log in again."""
    _set_status(settings, openid, ACTIVE, as_json)


@click.group()
def order() -> None:
    """Move an order through its states."""


@order.command()
@click.argument("order_id")
@click.argument("status", type=click.Choice([str(status) for status in Status]))
@json_option
@click.pass_obj
def move(settings: Settings, order_id: str, status: str, as_json: bool) -> None:
    """Move the order ORDER_ID to STATUS, as far as the operator may."""
    from bai_wx.console import writing

    with up_to_date_database(settings):
        try:
            moved = writing.move_order(order_id, status, "", COMMAND_LINE)
        except NotFound as exc:
            raise click.ClickException(f"there is no order {order_id}") from exc
    told = {"order_id": moved.order_id, "order_status": moved.order_status}
    answer(as_json, told, f"order {order_id} is {moved.order_status}")


def _user(openid: str) -> User:
    try:
        return User.by_openid(openid)
    except NotFound as exc:
        raise click.ClickException(f"there is no user with openid {openid}") from exc


def _set_status(settings: Settings, openid: str, status: str, as_json: bool) -> None:
    from bai_wx.console import writing

    with up_to_date_database(settings):
        writing.set_user_status(_user(openid).id, status, COMMAND_LINE)
    answer(as_json, {"openid": openid, "users_status": status}, f"user {openid} is {status}")
