"""`secret`: the server's own secret, and those before it, of this server and of a PocketBase."""

import time
from pathlib import Path

import click

from bai_wx.cli.common import answer, json_option, up_to_date_database
from bai_wx.process import secret_files
from bai_wx.process.settings import ANOTHER_HOME, Settings, SettingsError
from bai_wx.record import clock, old_secrets
from models.users import User

GIVEN = (
    "BAI_WX_SECRET gives the secret: set BAI_WX_ACCEPTED_SECRET to a new one everywhere and send SIGHUP or"
    " restart, then exchange the two, and after seven days take BAI_WX_ACCEPTED_SECRET out"
)


@click.group()
def secret() -> None:
    """Sign tokens by a new secret, or end those that an old one has signed."""


@secret.command()
@json_option
@click.pass_obj
def rotate(settings: Settings, as_json: bool) -> None:
    """Sign by a new secret from now on. Nobody is logged out, and nothing is restarted.

    Tokens that the secret of now has signed hold until they end by themselves, within seven days. Where it
    may be known to somebody, `bai-wx secret drop-old` ends them at once: everybody logs in again then, which
    a mini program does by itself. Servers that run learn of both within a second or two.
    """
    if settings.given_secret:
        raise SettingsError(GIVEN)
    path = settings.home / secret_files.SECRET_NAME
    if not path.exists():
        _check_shop(settings, path)
    settings.make_home()
    try:
        ends = clock.text_of(secret_files.rotate(settings.home, time.time()))
    except ValueError as exc:
        raise SettingsError(str(exc)) from exc
    sentence = (
        f"{path} is new; tokens that the one before has signed hold until {ends} at the latest."
        f" Where it is kept apart from backups, keep it and {secret_files.OLD_NAME} there again"
    )
    answer(as_json, {"secret": str(path), "old_tokens_end": ends}, sentence)


def _check_shop(settings: Settings, path: Path) -> None:
    """Refuse to make the first secret of a home that is no server's: none of them would sign by it."""
    if settings.is_replicable:  # its database does not tell whose home this is
        raise SettingsError(f"{path}: no such file: {ANOTHER_HOME}")
    settings.check_database_file()


@secret.command("drop-old")
@json_option
@click.pass_obj
def drop_old(settings: Settings, as_json: bool) -> None:
    """End the tokens of every secret before: those of `secret rotate`, and those kept by a take-over.

    They end within seconds. Users who hold one log in again, which a mini program does by itself. Tokens
    that the secret of now has signed stay.
    """
    with up_to_date_database(settings):
        since = max((each.kept for each in old_secrets.kept()), default="")
        users = User.known_by(since) if since else 0
        dropped = old_secrets.drop_all()
    own = secret_files.drop_old(settings.home)
    words = []
    if dropped:
        words.append(
            f"dropped {dropped}; of {users:,} users those who still held its tokens log in again"
        )
    if own:
        words.append(f"dropped {own} of our own; whoever holds a token of it logs in again")
        words.append(
            f"where {secret_files.OLD_NAME} is kept apart from backups, remove it there: a restored home would"
            " accept those tokens again"
        )
    if settings.accepted_secret:
        words.append("BAI_WX_ACCEPTED_SECRET still holds: take it out there")
    told = {"dropped": dropped, "users": users, "own": own}
    answer(as_json, told, "\n".join(filter(None, words)) or "there was none")
