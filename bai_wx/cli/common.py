"""What commands share: errors told in one line, answers for people and for scripts, the open
database.
"""

import logging
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import orjson
import peewee

from bai_wx.database.connection import connect, disconnect, empty_log
from bai_wx.process import schema
from bai_wx.process.expected_errors import EXPECTED_ERRORS, one_line
from bai_wx.process.settings import Settings, SettingsError
from bai_wx.record import data_keys

log = logging.getLogger("bai_wx.server")

json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for scripts.")


class CommandLine(click.Group):
    """Commands whose failures end in one line on stderr and exit status 1, never in a stack
    trace.

    `places` says where each command is, as `module:name`. A command's module is imported when it
    is asked for: a server holds in its memory no command but its own.
    """

    def __init__(self, *args: Any, places: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._places:
            return None
        module, _, name = self._places[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except EXPECTED_ERRORS as exc:
            raise click.ClickException(one_line(exc)) from exc
        except Exception as exc:  # the edge: a defect of ours; its trace is for the log
            log.debug("%s failed", ctx.invoked_subcommand, exc_info=exc)
            hint = "BAI_WX_LOG=debug shows where"
            raise click.ClickException(f"{type(exc).__name__}: {exc} ({hint})") from exc


def answer(as_json: bool, value: Mapping[str, Any], sentence: str) -> None:
    """Tell the outcome on stdout: as JSON, or in words."""
    click.echo(orjson.dumps(value).decode() if as_json else sentence)


def progress_listener(unit: str) -> Callable[[str, int], None]:
    """Return a listener that tells of long work on stderr: in place on a terminal, else in
    lines.
    """
    in_place = sys.stderr.isatty()

    def tell(what: str, count: int) -> None:
        line = f"{what}: {count:,} {unit}"
        click.echo(f"\r{line}" if in_place else line, err=True, nl=not in_place)

    return tell


def time_left_listener(unit: str) -> Callable[[str, int, int], None]:
    """The same for work whose size is known: it tells the share that is done, and the time left."""
    tell, began, last = progress_listener(unit), dict[str, float](), time.monotonic()

    def tell_share(what: str, count: int, total: int) -> None:
        nonlocal last
        since, last = began.setdefault(what, last), time.monotonic()
        left_s = (last - since) * max(total - count, 0) / max(count, 1)
        tell(f"{what}: {100 * count // max(total, 1)} %, {left_s:,.0f} s left", count)

    return tell_share


@contextmanager
def no_folder_left_by_failure(folder: Path) -> Iterator[None]:
    """Where the context fails, remove this folder and its parents, if they are new and empty."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        yield
    except BaseException:
        with suppress(OSError):  # one that is not empty, and those above it, stay
            for each in missing:
                each.rmdir()
        raise


@contextmanager
def up_to_date_database(settings: Settings) -> Iterator[peewee.Database]:
    """Open the database for a command.

    Raises: `SettingsError` when it is missing or its schema is not up to date, `DataKeyMissing` when it is
    encrypted with a key that is not here.
    """
    with existing_database(settings) as chosen:
        if schema.pending(chosen):
            raise SettingsError("the database has pending migrations; run `bai-wx migrate`")
        data_keys.agree()
        yield chosen


@contextmanager
def existing_database(settings: Settings) -> Iterator[peewee.Database]:
    """Open the database as it is. Raises: `SettingsError` when it is missing."""
    settings.check_database_file()
    with _connected(settings) as chosen:
        yield chosen


@contextmanager
def migrated_database(settings: Settings) -> Iterator[tuple[peewee.Database, list[str]]]:
    """Open the database, made and brought up to date where needed; with the migrations applied."""
    settings.make_home()
    with _connected(settings) as chosen:
        applied = schema.migrate(chosen)
        data_keys.agree()
        yield chosen, applied


def emptied_log() -> list[str]:
    """Have what was removed stand in the database's log no more. Returns: words where it still does."""
    still = "the database's log still holds what was removed: somebody reads for long; bai-wx purge tries again"
    return [] if empty_log() else [still]


@contextmanager
def _connected(settings: Settings) -> Iterator[peewee.Database]:
    chosen = connect(settings.database)
    data_keys.use(settings.all_data_keys)
    try:
        yield chosen
    finally:
        disconnect()
