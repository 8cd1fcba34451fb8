"""`scaffold`: what the contract declares and the code lacks."""

from dataclasses import asdict
from pathlib import Path

import click

import handlers as our_handlers
from bai_wx.cli.common import answer, json_option
from bai_wx.contract import loader
from bai_wx.contract.drift.apart import report_of
from bai_wx.contract.drift.facts import Report
from bai_wx.contract.scaffold.formatting import is_installed
from bai_wx.contract.scaffold.plan import Planned
from bai_wx.contract.scaffold.tree import Tree
from bai_wx.contract.scaffold.writer import Findings, Scaffolder

PACKAGES = Path(our_handlers.__file__).resolve().parent.parent


def checkout() -> Tree:
    """The tree to work on: the working directory if it is a checkout, else where this code lies."""
    here = Tree(Path.cwd())
    return here if here.contract.is_file() else Tree(PACKAGES)


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 and name what does not fit.")
@click.option("--tree", "root", type=click.Path(path_type=Path), help="The checkout to work on.")
@json_option
def scaffold(check: bool, root: Path | None, as_json: bool) -> None:
    """Write what the contract declares and the code lacks.

    A collection gets its model and migration, an operation its function and test row.
    """
    tree = Tree(root) if root else checkout()
    work = Scaffolder(tree, loader.read(tree.contract))
    if check:
        _report(work.check(), tree, as_json)
        return
    written = work.write()
    if written and not is_installed():
        click.echo(
            "ruff is not installed (extra `dev`): what was written is not formatted", err=True
        )
    answer(as_json, {"written": written}, "\n".join(written) or "nothing to do")


def _report(found: Findings, tree: Tree, as_json: bool) -> None:
    missing = [_name(each) for each in found.missing]
    # A model that is not there has no facts: it is written first.
    drift = Report() if found.without_model else report_of(tree.root)
    if as_json:
        words = asdict(found) | {"missing": missing}
        answer(True, words | {"drift": asdict(drift)}, "")
    problems = [*found.unnamed]
    problems += [f"collection without a model: {name}" for name in found.without_model]
    problems += [f"operation without a function: {name}" for name in missing]
    problems += [f"function without an operation: {name}" for name in found.stray]
    problems += [*drift.differences, *(f"not compared: {each}" for each in drift.left_out)]
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.exceptions.Exit(1)
    if not as_json:
        click.echo("every operation has its function, every function its operation")
        click.echo(str(drift))


def _name(each: Planned) -> str:
    return f"handlers.{each.module}.{each.id}"
