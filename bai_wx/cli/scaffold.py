"""`scaffold`: stubs and test rows for operations without a function."""

from pathlib import Path

import click

import handlers as our_handlers
from bai_wx.cli.common import answer, json_option
from bai_wx.contract import loader
from bai_wx.contract.formatting import is_installed
from bai_wx.contract.scaffold import Findings, Scaffolder
from bai_wx.contract.stubs import Planned

PACKAGES = Path(our_handlers.__file__).resolve().parent.parent


def checkout() -> Path:
    """The tree to work on: the working directory if it is a checkout, else where this code lies."""
    here = Path.cwd()
    return here if (here / "spec" / "openapi-wx.yaml").is_file() else PACKAGES


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 and name what does not fit.")
@click.option("--contract", "root", type=click.Path(path_type=Path), help="Root of the contract.")
@click.option("--handlers", type=click.Path(path_type=Path), help="Folder of the handlers.")
@click.option("--tests", type=click.Path(path_type=Path), help="Folder of the tests.")
@json_option
def scaffold(
    check: bool, root: Path | None, handlers: Path | None, tests: Path | None, as_json: bool
) -> None:
    """Write a typed stub and a test row for every operation without a function."""
    tree = checkout()
    bundle = loader.load(root or tree / "spec" / "openapi-wx.yaml")
    work = Scaffolder(bundle, handlers or tree / "handlers", tests or tree / "tests")
    if check:
        _report(work.check(), as_json)
        return
    names = [_name(each) for each in work.write()]
    if names and not is_installed():
        click.echo(
            "ruff is not installed (extra `dev`): what was written is not formatted", err=True
        )
    answer(as_json, {"written": names}, "\n".join(names) or "nothing to do")


def _report(found: Findings, as_json: bool) -> None:
    missing = [_name(each) for each in found.missing]
    if as_json:
        answer(True, {"missing": missing, "stray": found.stray}, "")
    for name in missing:
        click.echo(f"operation without a function: {name}", err=True)
    for name in found.stray:
        click.echo(f"function without an operation: {name}", err=True)
    if missing or found.stray:
        raise click.exceptions.Exit(1)
    if not as_json:
        click.echo("every operation has its function, every function its operation")


def _name(each: Planned) -> str:
    return f"handlers.{each.module}.{each.id}"
