"""`import`, `export`, `undelete` and `purge`: rows by the collection."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from bai_wx.cli.common import (
    answer,
    emptied_log,
    json_option,
    migrated_database,
    no_folder_left_by_failure,
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
from bai_wx.transfer.loading.report import Options
from bai_wx.transfer.row_check import RowCheck

Collection = click.Choice(sorted(COLLECTIONS))
Existing = click.Path(exists=True, path_type=Path)
Target = click.Path(dir_okay=False, path_type=Path)


class Duration(click.ParamType[float]):
    """A length of time such as `90d`; in seconds."""

    name = "duration"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read it. Fails for anything but digits and one unit, up to a hundred years."""
        try:
            return clock.seconds_of(value)
        except ValueError as exc:
            self.fail(str(exc))


@click.command("import")
@click.argument("source", metavar="DIR|FILE", type=click.Path(path_type=Path))
@click.option("--collection", type=Collection, help="Load the table FILE into this collection.")
@click.option("--dry-run", is_flag=True, help="Of a table: tell what would happen.")
@click.option("--skip-bad", is_flag=True, help="Of a table: write the rows that are right.")
@click.option(
    "--refused", type=Target, help="Write the refused rows of a table here, with reasons."
)
@click.option("--pictures", type=Existing, help="A zip or folder of the pictures that cells name.")
@json_option
@click.pass_obj
def import_rows(
    settings: Settings,
    source: Path,
    collection: str | None,
    dry_run: bool,
    skip_bad: bool,
    refused: Path | None,
    pictures: Path | None,
    as_json: bool,
) -> None:
    """Load a table into a collection, or write the rows of an export.

    With --collection, FILE is a table as a spreadsheet has it (.xlsx, .csv, .jsonl), with the contract's
    Chinese titles or the names of fields as headings. A row with the id of a stored row changes that row, any
    other is created, by the rules of the console. One refused row refuses all, unless --skip-bad.

    Without it, DIR has a <collection>.jsonl or .csv each: all their rows are added or none. Keys are the
    contract's field names; values are kept as given, what is missing is made. What lists would not answer as
    the contract says is refused. A product is on sale at 0 only if its row names both. The files of an export
    must be those its manifest.json tells of.
    """
    if collection is not None:
        from bai_wx.cli.tables import import_table  # it reads the whole contract

        options = Options(skip_bad, dry_run, pictures=pictures)
        import_table(settings, source, collection, options, refused, as_json)
        return
    if dry_run or skip_bad or refused or pictures or source.is_file():
        raise click.UsageError("a table needs its collection: --collection NAME")
    _import_folder(settings, source, as_json)


def _import_folder(settings: Settings, directory: Path, as_json: bool) -> None:
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
@click.argument("target", metavar="DIR|FILE", type=click.Path(path_type=Path))
@click.option("--collection", type=Collection, help="Write the table of this collection to FILE.")
@click.option("--pocketbase", is_flag=True, help="Make DIR the pb_data of a PocketBase 0.40.6.")
@click.option(
    "--plain-private", is_flag=True, help="Write personal numbers decrypted, or whole in a table."
)
@json_option
@click.pass_obj
def export_rows(
    settings: Settings,
    target: Path,
    collection: str | None,
    pocketbase: bool,
    plain_private: bool,
    as_json: bool,
) -> None:
    """Write every row of every collection to DIR/<collection>.jsonl, for `import`.

    DIR/manifest.json says how many rows each file has, and its SHA-256; `import` compares.
    Deleted rows and the users' token keys are in it: keep it as safe as the database itself. Phone and
    identity-paper numbers stay encrypted: only an installation with the same data key can import them.
    --plain-private decrypts them.
    Operators, their sessions and the audit log are in backups alone: after `import` into another database make
    the operators anew.
    With --pocketbase the files go along too, and tokens of ours hold there. PocketBase encrypts nothing, so
    this needs --plain-private.
    With --collection, FILE becomes a table of its undeleted rows: .xlsx, .csv or .jsonl, by its suffix.
    Personal numbers are masked there, unless --plain-private.
    """
    if pocketbase and collection is not None:
        raise click.UsageError("--pocketbase takes every collection; leave --collection out")
    if pocketbase and not plain_private:
        raise click.UsageError("PocketBase keeps personal numbers plain; add --plain-private")
    settings.check_database_file()  # before a folder is made, and the contract read
    if pocketbase:
        from bai_wx.cli.way_back import export_to_pocketbase  # it reads the whole contract

        export_to_pocketbase(settings, target, as_json)
    elif collection is not None:
        from bai_wx.cli.tables import export_table  # as above

        export_table(settings, target, collection, as_json, is_whole=plain_private)
    else:
        _export_folder(settings, target, as_json, is_plain=plain_private)


def _export_folder(settings: Settings, directory: Path, as_json: bool, *, is_plain: bool) -> None:
    with no_folder_left_by_failure(directory):
        directory.mkdir(parents=True, exist_ok=True)
        counts = _write_rows(settings, directory, is_plain=is_plain)
    answer(as_json, {"exported": counts}, _counted("exported", counts))


def _write_rows(settings: Settings, directory: Path, *, is_plain: bool) -> dict[str, int]:
    tell = progress_listener("rows")
    counts: dict[str, int] = {}
    files: dict[str, dict[str, Any]] = {}
    # One moment for all files, without keeping anybody from writing.
    with up_to_date_database(settings), snapshot():
        for model in targets_first():
            name = model.collection()
            rows = manifest.Written(exporter.lines(model, is_plain=is_plain))
            write_atomically(directory / f"{name}.jsonl", rows, mode=0o600)
            counts[name], files[f"{name}.jsonl"] = rows.rows, rows.entry
            tell(name, rows.rows)
    manifest.write(directory, files)
    return counts


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
    """Remove deleted rows for good, with their files, and what is older than it is kept.

    Idempotency keys and used quotas are kept for a day, operators' sessions for 12 hours, their known browsers
    for 90 days, reports of imports for a year, the audit log for three years. A server removes these by itself
    each night.
    A row that a required relation still points at is kept.
    """
    from bai_wx.console import retention

    before = clock.text_of(time.time() - older_than)
    with up_to_date_database(settings):
        done = upkeep.purge(before, FileStore.at(settings.files, settings.s3_endpoint))
        expired = retention.remove_expired()
        left_in_log = emptied_log()
    words = [_counted("removed", done.rows)]
    if any(done.kept.values()):
        words.append(_counted("kept, still pointed at", done.kept))
    words.append(f"files of records: {done.files}; idempotency keys: {done.idempotency_keys}")
    if any(expired.values()):
        words.append(_counted("expired", expired))
    words += left_in_log
    answer(as_json, asdict(done) | {"expired": expired}, "\n".join(words))


def _counted(what: str, counts: dict[str, int]) -> str:
    return f"{what}: " + ", ".join(f"{name} {count:,}" for name, count in counts.items())
