"""`serve` and `migrate`."""

import os

import click

from bai_wx.cli.common import answer, existing_database, json_option, migrated_database
from bai_wx.process import schema
from bai_wx.process.quiet import quiet_import
from bai_wx.process.settings import Settings, SettingsError

MOST_WORKERS = 4  # by default; SQLite has one writer however many there are


def default_workers() -> int:
    """One worker a core this process may use, up to four."""
    return min(len(os.sched_getaffinity(0)), MOST_WORKERS)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8090,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help=f"Processes that serve; default: one a core, at most {MOST_WORKERS}.",
)
@click.option("--demo", is_flag=True, help="Load a demo shop and log in with demo-<name> codes.")
@click.pass_obj
def serve(settings: Settings, host: str, port: int, workers: int | None, demo: bool) -> None:
    """Serve the contract; create and migrate the database first where needed."""
    if not host.strip():
        raise SettingsError("--host is empty; write an address to listen on, such as 127.0.0.1")
    # Loading the server takes as long as all other commands together.
    with quiet_import():
        from bai_wx.process.serve import serve as run

    count = workers or default_workers()
    run(settings, host=host, port=port, workers=count, demo=demo)


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; exit 1 when something is to be done.")
@json_option
@click.pass_obj
def migrate(settings: Settings, check: bool, as_json: bool) -> None:
    """Create the database or bring its schema up to date.

    Any number of machines may do so at once. `--check` tells what is pending, and how the tables differ
    from the models where nothing is.
    """
    if check:
        _check(settings, as_json)
        return
    with migrated_database(settings) as (_, applied):
        pass
    done = f"applied {', '.join(applied)}" if applied else "nothing to do"
    answer(as_json, {"applied": applied}, done)


def _check(settings: Settings, as_json: bool) -> None:
    with existing_database(settings) as chosen:
        pending = schema.pending(chosen)
        differences = [] if pending else schema.differences(chosen).splitlines()
    words = [f"pending: {name}" for name in pending] + [f"differs: {each}" for each in differences]
    told = {"pending": pending, "differences": differences}
    answer(as_json, told, "\n".join(words) or "up to date")
    if words:
        raise click.exceptions.Exit(1)
