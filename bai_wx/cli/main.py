"""`bai-wx`: serve the contract, and what an operator does beside it."""

import click

from bai_wx.cli.common import CommandLine
from bai_wx.cli.contract import contract
from bai_wx.cli.data import export_rows, import_rows, purge, undelete
from bai_wx.cli.diff import diff
from bai_wx.cli.doctor import doctor
from bai_wx.cli.operator import operator
from bai_wx.cli.running import migrate, serve
from bai_wx.cli.scaffold import scaffold
from bai_wx.cli.shop import order, token, user
from bai_wx.process.log import log_to_stderr
from bai_wx.process.settings import Settings


@click.group(cls=CommandLine, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "--version", package_name="bai-wx", prog_name="bai-wx")
@click.pass_context
def main(context: click.Context) -> None:
    """The server behind the mini program. Settings come from the environment and `.env`."""
    if context.resilient_parsing:
        return
    settings = Settings.from_environment()
    log_to_stderr(settings.log)
    context.obj = settings


for command in (
    serve,
    migrate,
    import_rows,
    export_rows,
    token,
    user,
    order,
    operator,
    undelete,
    purge,
    scaffold,
    contract,
    diff,
    doctor,
):
    main.add_command(command)


if __name__ == "__main__":
    main(prog_name="bai-wx")
