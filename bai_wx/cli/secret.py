"""`secret`: the secrets of a PocketBase that this server took over from."""

import click

from bai_wx.cli.common import answer, json_option, up_to_date_database
from bai_wx.process.settings import Settings
from bai_wx.record import old_secrets
from models.users import User


@click.group()
def secret() -> None:
    """End the tokens that a PocketBase before has signed."""


@secret.command("drop-old")
@json_option
@click.pass_obj
def drop_old(settings: Settings, as_json: bool) -> None:
    """Drop the secrets kept by a take-over; the tokens they signed end within seconds.

    Users who hold such a token log in again, which a mini program does by itself. Tokens of ours stay.
    """
    with up_to_date_database(settings):
        since = max((each.kept for each in old_secrets.kept()), default="")
        users = User.known_by(since) if since else 0
        dropped = old_secrets.drop_all()
    told = {"dropped": dropped, "users": users}
    sentence = f"dropped {dropped}; of {users:,} users those who still held its tokens log in again"
    answer(as_json, told, sentence if dropped else "there was none")
