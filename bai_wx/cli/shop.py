"""`token`, `user` and `order`: single users and orders."""

import time
from dataclasses import asdict
from pathlib import Path

import click

from bai_wx.cli.common import answer, emptied_log, json_option, up_to_date_database
from bai_wx.console.acting import COMMAND_LINE
from bai_wx.errors import NotFound
from bai_wx.files.store import FileStore
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
    """Disable or enable a user; tell or erase all that is stored about one."""


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


@user.command("export")
@click.argument("openid")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    help="A folder, or a file that ends with .zip; default: person-<time>.zip here.",
)
@json_option
@click.pass_obj
def export_person(settings: Settings, openid: str, target: Path | None, as_json: bool) -> None:
    """Write everything that is stored about the user with this OPENID: person.json, and its files.

    Numbers are plain in it. Free texts that others wrote, and backups, are not looked through.
    """
    from bai_wx.console import person_files

    target = target or Path(f"person-{int(time.time())}.zip")
    store = FileStore.at(settings.files, settings.s3_endpoint)
    with up_to_date_database(settings):
        _refuse_users_id(openid)
        try:
            told = person_files.write(openid, target, store)
        except NotFound as exc:
            raise click.ClickException(exc.detail) from exc
    rows = ", ".join(f"{name} {count:,}" for name, count in told.rows.items())
    sentence = f"{target}: {rows}; files {told.files:,}"
    if told.lost:
        sentence += f"; files that no storage has: {len(told.lost):,}"
    answer(as_json, {"to": str(target), **asdict(told)}, sentence)


@user.command("erase")
@click.argument("openid")
@json_option
@click.pass_obj
def erase_person(settings: Settings, openid: str, as_json: bool) -> None:
    """Erase the person behind OPENID for good: profile, numbers, papers, files, carts, notes and tokens.

    Orders stay with their sums, of an owner nobody can name. There is no way back. Killed, it goes on when it
    is run again; run once more, it says that nothing is stored, with exit status 1. Backups from before still
    have the person, and so have texts that others wrote.
    """
    from bai_wx.console import persons

    store = FileStore.at(settings.files, settings.s3_endpoint)
    with up_to_date_database(settings):
        _refuse_users_id(openid)
        try:
            done = persons.erase(openid, store, COMMAND_LINE)
        except NotFound as exc:
            raise click.ClickException(exc.detail) from exc
        mentioned = persons.mentions(openid)
        left_in_log = emptied_log()
    if done.is_nothing and not mentioned:  # a mistyped openid must not look like an erased person
        raise click.ClickException(f"nothing is stored about {openid}")
    words = [
        f"{fate}: " + ", ".join(f"{name} {rows:,}" for name, rows in counts.items())
        for fate, counts in (
            ("removed", done.removed),
            ("kept of nobody", done.marked),
            ("kept without an owner", done.released),
        )
        if counts
    ]
    words.append(f"files of records: {done.files}; notes: {done.notes}")
    if mentioned:
        named = ", ".join(f"{name} {rows:,}" for name, rows in mentioned.items())
        words.append(f"rows whose free texts still hold the openid: {named}")
    words += left_in_log
    answer(as_json, asdict(done) | {"mentioned": mentioned}, "\n".join(words))


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
        _refuse_users_id(openid)
        raise click.ClickException(f"there is no user with openid {openid}") from exc


def _refuse_users_id(given: str) -> None:
    """Say what the id that the log tells of a user is: no openid."""
    is_users_id = User.select().where(User.users_id == given).exists()
    if is_users_id and not User.select().where(User.openid == given).exists():
        raise click.ClickException(
            f"{given} is a users_id; the openid is on its page in the console"
        )


def _set_status(settings: Settings, openid: str, status: str, as_json: bool) -> None:
    from bai_wx.console import writing

    with up_to_date_database(settings):
        writing.set_user_status(_user(openid).id, status, COMMAND_LINE)
    answer(as_json, {"openid": openid, "users_status": status}, f"user {openid} is {status}")
