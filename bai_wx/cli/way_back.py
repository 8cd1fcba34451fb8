"""`export --pocketbase`: the way back to PocketBase."""

import sqlite3
from dataclasses import asdict
from math import inf
from pathlib import Path
from typing import Final

import click

from bai_wx.cli.common import answer, time_left_listener, up_to_date_database
from bai_wx.contract import loader
from bai_wx.contract.collections import collections
from bai_wx.files.store import FileStore
from bai_wx.process.settings import Settings
from bai_wx.record import clock, old_secrets
from bai_wx.record.signing_secrets import TOKEN_LIFETIME_S
from bai_wx.transfer.pocketbase.export_pb import Exported, Server, export
from bai_wx.transfer.pocketbase.new_database import VERSION
from models.users import User

LOST_TOLD: Final = 10
"""The most files that the sentence about lost ones names."""


def export_to_pocketbase(settings: Settings, folder: Path, as_json: bool) -> None:
    """Make a `pb_data` of everything, and say what it cannot take along."""
    specs = collections(loader.read(cache=settings.home))
    with up_to_date_database(settings):
        server = Server(FileStore.at(settings.files, settings.s3_endpoint), specs, settings.secret)
        try:
            done = export(folder, server, time_left_listener("done"))
        except sqlite3.IntegrityError as exc:
            raise click.ClickException(f"PocketBase cannot hold two such rows: {exc}") from exc
        ending = _users_of_old_tokens(settings)
    told = asdict(done) | {"pocketbase": VERSION, "users_of_old_tokens": ending}
    answer(as_json, told, "\n".join(_sentences(folder, done, ending)))


def _users_of_old_tokens(settings: Settings) -> int:
    """How many users may hold a token that another secret than the one of now has signed."""
    signing, *before = settings.secrets.known
    moments = [each.kept for each in old_secrets.kept() if each.secret != signing.secret]
    moments += [clock.text_of(each.ends - TOKEN_LIFETIME_S) for each in before if each.ends < inf]
    since = max(moments, default="")
    return User.known_by(since) if since else 0


def _sentences(folder: Path, done: Exported, ending: int) -> list[str]:
    rows = ", ".join(f"{name} {count:,}" for name, count in done.rows.items())
    words = [f"exported: {rows}; files {done.files:,}"]
    if done.lost:
        more = "" if len(done.lost) <= LOST_TOLD else ", … (--json names all)"
        named = ", ".join(done.lost[:LOST_TOLD]) + more
        words.append(f"files that rows name and no storage has: {len(done.lost):,}: {named}")
    words.append(
        f"tokens that this server signed hold on PocketBase; up to {ending:,} users hold only one of a"
        " secret before, which ends there: PocketBase has one secret a collection"
        if ending
        else "tokens that this server signed hold on PocketBase"
    )
    words.append(
        "PocketBase serves every file to whoever has its address, identity papers too, shows whoever sees a"
        " row what only its owner sees here, and deletes rows for good"
    )
    words.append(f"start it: pocketbase serve --dir {folder}")
    return words
