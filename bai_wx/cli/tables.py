"""Tables of one collection as files that a spreadsheet opens: `import FILE`, `export FILE` and `template`."""

import sys
import time
from pathlib import Path

import click
import orjson

from bai_wx.cli.common import answer, up_to_date_database
from bai_wx.console.acting import COMMAND_LINE
from bai_wx.console.transfers import exports
from bai_wx.console.transfers.operator import LoadingOperator
from bai_wx.contract import loader
from bai_wx.files.atomic_file import written_atomically
from bai_wx.files.store import FileStore
from bai_wx.process.settings import Settings
from bai_wx.record.collections import COLLECTIONS
from bai_wx.transfer import contract_check
from bai_wx.transfer.loading.load import load_file
from bai_wx.transfer.loading.report import Options, Progress, Report
from bai_wx.transfer.sheets.layout import layouts
from bai_wx.transfer.sheets.table import Kind, TableRefused
from bai_wx.transfer.sheets.template import template as made
from bai_wx.transfer.sheets.writing import write_table

FAULTS_TOLD = 20
SECONDS_BETWEEN = 1.0
PHASES = {"reading": "checked", "writing": "written", "undoing": "taken back"}


@click.command()
@click.argument("collection", type=click.Choice(sorted(COLLECTIONS)))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def template(settings: Settings, collection: str, file: Path) -> None:
    """Write an empty table of COLLECTION to FILE (.xlsx, .csv or .jsonl), to be filled in and imported."""
    layout = layouts(loader.load(cache=settings.home))[collection]
    _check_folder(file)
    file.write_bytes(made(layout, _kind(file)))
    click.echo(f"{file}: a template of {collection}")


def import_table(
    settings: Settings,
    file: Path,
    collection: str,
    options: Options,
    refused: Path | None,
    as_json: bool,
) -> None:
    """Load the table FILE into a collection, and tell what came of it. Fails where a row is refused."""
    if not file.is_file():
        raise click.ClickException(f"{file}: no such file")
    settings.check_database_file()  # before the contract is read
    bundle = loader.load(cache=settings.home)
    contract_check.enable(bundle)
    layout = layouts(bundle)[collection]
    if refused is not None:
        _check_folder(refused)
    files = FileStore.at(settings.files, settings.s3_endpoint)
    with up_to_date_database(settings):
        try:
            report = load_file(
                file, layout, options, LoadingOperator(COMMAND_LINE), files, _progress(), refused
            )
        except TableRefused as exc:
            raise click.ClickException(f"{file.name}: {exc}") from exc
    _tell(report, refused, as_json)


def export_table(
    settings: Settings, file: Path, collection: str, as_json: bool, *, is_whole: bool
) -> None:
    """Write the rows of a collection that are not deleted to FILE, for `import FILE`, the oldest first.

    `is_whole` writes personal numbers unmasked.
    """
    layout = layouts(loader.load(cache=settings.home))[collection]
    kind, model = _kind(file), COLLECTIONS[collection]
    _check_folder(file)
    with up_to_date_database(settings):
        export = exports.prepare(
            model,
            exports.fields(model, None),
            None,
            [("seq", "asc")],
            COMMAND_LINE,
            is_whole=is_whole,
            most=exports.EVERY,
            said={"file": file.name},
        )
        with written_atomically(file, mode=0o600) as written:
            write_table(written, kind, layout, exports.values(export), export.fields)
    count = len(export.record_ids)
    answer(as_json, {"exported": {collection: count}}, f"exported: {collection} {count:,}")


def _kind(file: Path) -> Kind:
    """The format that a name asks for."""
    suffix = file.suffix.lower().removeprefix(".")
    if suffix not in list(Kind):
        names = ", ".join(f".{kind}" for kind in Kind)
        raise click.ClickException(f"{file.name} ends with none of {names}")
    return Kind(suffix)


def _check_folder(file: Path) -> None:
    """Refuse a file whose folder is missing before anything is done."""
    if not file.absolute().parent.is_dir():
        raise click.ClickException(f"{file.parent}: no such folder")


def _progress() -> Progress:
    """Tell on stderr how far a table is, with the time left: in place on a terminal, else every few seconds."""
    in_place = sys.stderr.isatty()
    began: dict[str, float] = {}
    told = 0.0

    def tell(phase: str, done: int, total: int) -> None:
        nonlocal told
        now = time.monotonic()
        since = now - began.setdefault(phase, now)
        if done < total and now - told < SECONDS_BETWEEN:
            return
        told = now
        line = f"{PHASES[phase]}: {done:,}" + (f" of {total:,}" if total else "") + " rows"
        if 0 < done < total and since > 1:
            line += f", {since / done * (total - done):,.0f} s left"
        click.echo(f"\r\033[K{line}" if in_place else line, err=True, nl=not in_place)
        if in_place and done >= total:
            click.echo("", err=True)

    return tell


def _tell(report: Report, refused: Path | None, as_json: bool) -> None:
    """Tell the outcome: counts on stdout; refused rows on stderr, and exit status 1 where there are any."""
    if as_json:
        click.echo(orjson.dumps(report.to_json()).decode())
    else:
        click.echo(report.texts[1])
    if not report.refused:
        return
    faults = [str(each) for each in report.faults[:FAULTS_TOLD]]
    rest = len(report.faults) + report.more_faults - len(faults)
    faults += [f"and {rest:,} more"] if rest else []
    faults += [f"the refused rows are in {refused}"] if refused is not None else []
    click.echo("\n".join(faults), err=True)
    raise click.exceptions.Exit(1)
