"""`import`, `export`, `undelete` and `purge`: rows by the collection."""

import re
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from bai_wx.cli.common import (
    answer,
    json_option,
    migrated_database,
    progress_listener,
    up_to_date_database,
)
from bai_wx.console.acting import COMMAND_LINE
from bai_wx.contract import loader
from bai_wx.database.connection import snapshot
from bai_wx.errors import NotFound
from bai_wx.files.atomic_file import write_atomically
from bai_wx.files.store import FileStore
from bai_wx.process.settings import Settings
from bai_wx.record import clock, upkeep
from bai_wx.record.collections import COLLECTIONS, targets_first
from bai_wx.transfer import exporter, importer, manifest, row_files
from bai_wx.transfer.row_check import RowCheck

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
LONGEST_S = 100 * 365 * SECONDS["d"]

Folder = click.Path(file_okay=False, path_type=Path)


class Duration(click.ParamType[float]):
    """A length of time such as `90d`; in seconds."""

    name = "duration"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read it. Fails for anything but digits and one unit, up to a hundred years."""
        matched = re.fullmatch(r"([0-9]{1,12})([smhdw])", value)
        seconds = int(matched[1]) * SECONDS[matched[2]] if matched else LONGEST_S + 1
        if seconds > LONGEST_S:
            self.fail(f"{value!r} is no duration; write a number and s, m, h, d or w: 90d")
        return seconds


@click.command("import")
@click.argument("directory", metavar="DIR", type=Folder)
@json_option
@click.pass_obj
def import_rows(settings: Settings, directory: Path, as_json: bool) -> None:
    """Write the rows of DIR/<collection>.jsonl or .csv, all of them or none.

    Keys are the contract's field names; values are kept as given, what is missing is made. What lists
    would not answer as the contract says is refused. A product is on sale at 0 only if its row names both.
    The files of an export must be those its manifest.json tells of.
    """
    with migrated_database(settings):
        files = manifest.read(directory)
        done = importer.load(
            row_files.sources(directory),
            progress_listener("rows"),
            RowCheck(loader.load(cache=settings.home)),
            lambda counts: manifest.compare(files, counts),
        )
    report: dict[str, Any] = {"imported": done.rows}
    words = [_counted("imported", done.rows)]
    for note in done.notes:
        report[note.key] = note.rows
        words.append(note.sentence)
    answer(as_json, report, "\n".join(words))


@click.command("export")
@click.argument("directory", metavar="DIR", type=Folder)
@click.option("--pocketbase", is_flag=True, help="Make DIR the pb_data of a PocketBase 0.40.6.")
@json_option
@click.pass_obj
def export_rows(settings: Settings, directory: Path, pocketbase: bool, as_json: bool) -> None:
    """Write every row of every collection to DIR/<collection>.jsonl, for `import`.

    DIR/manifest.json says how many rows each file has, and its SHA-256; `import` compares.
    Deleted rows and the users' token keys are in it: keep it as safe as the database itself.
    With --pocketbase the files go along too, and tokens of ours hold there.
    """
    if pocketbase:
        from bai_wx.cli.way_back import export_to_pocketbase  # it reads the whole contract

        export_to_pocketbase(settings, directory, as_json)
        return
    directory.mkdir(parents=True, exist_ok=True)
    tell = progress_listener("rows")
    counts: dict[str, int] = {}
    files: dict[str, dict[str, Any]] = {}
    # One moment for all files, without keeping anybody from writing.
    with up_to_date_database(settings), snapshot():
        for model in targets_first():
            name = model.collection()
            rows = manifest.Written(exporter.lines(model))
            write_atomically(directory / f"{name}.jsonl", rows, mode=0o600)
            counts[name], files[f"{name}.jsonl"] = rows.rows, rows.entry
            tell(name, rows.rows)
    manifest.write(directory, files)
    answer(as_json, {"exported": counts}, _counted("exported", counts))


@click.command()
@click.argument("collection", type=click.Choice(sorted(COLLECTIONS)))
@click.argument("row_id", metavar="ID")
@json_option
@click.pass_obj
def undelete(settings: Settings, collection: str, row_id: str, as_json: bool) -> None:
    """Restore a deleted row of COLLECTION, named by its record id or its business id."""
    from bai_wx.console import writing

    with up_to_date_database(settings):
        try:
            row = writing.restore(COLLECTIONS[collection], row_id, COMMAND_LINE)
        except NotFound as exc:
            raise click.ClickException(f"{collection} has no deleted row {row_id}") from exc
        except upkeep.CannotRestore as exc:
            raise click.ClickException(
                f"{collection} {row_id} cannot be restored, another row stands in its place:"
                f" {exc.detail}"
            ) from exc
    answer(as_json, {"collection": collection, "id": row.id}, f"{collection} {row.id} is back")


@click.command()
@click.option(
    "--older-than",
    required=True,
    type=Duration(),
    help="Age of the deletion, such as 90d; units s, m, h, d, w.",
)
@json_option
@click.pass_obj
def purge(settings: Settings, older_than: float, as_json: bool) -> None:
    """Remove deleted rows for good, with their files, and outlived idempotency keys.

    A row that a required relation still points at is kept.
    """
    before = clock.text_of(time.time() - older_than)
    with up_to_date_database(settings):
        done = upkeep.purge(before, FileStore.at(settings.files, settings.s3_endpoint))
    words = [_counted("removed", done.rows)]
    if any(done.kept.values()):
        words.append(_counted("kept, still pointed at", done.kept))
    words.append(f"files of records: {done.files}; idempotency keys: {done.idempotency_keys}")
    answer(as_json, asdict(done), "\n".join(words))


def _counted(what: str, counts: dict[str, int]) -> str:
    return f"{what}: " + ", ".join(f"{name} {count:,}" for name, count in counts.items())
