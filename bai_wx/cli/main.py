"""`bai-wx`: serve the contract, and what an operator does beside it."""

from collections.abc import Mapping
from typing import Final

import click

from bai_wx.cli.common import CommandLine
from bai_wx.process.log import log_to_stderr
from bai_wx.process.settings import Settings

COMMANDS: Final[Mapping[str, str]] = {
    "backup": "bai_wx.cli.backup:backup",
    "contract": "bai_wx.cli.contract:contract",
    "data-key": "bai_wx.cli.data_key:data_key",
    "diff": "bai_wx.cli.diff:diff",
    "doctor": "bai_wx.cli.doctor:doctor",
    "export": "bai_wx.cli.data:export_rows",
    "import": "bai_wx.cli.data:import_rows",
    "import-pocketbase": "bai_wx.cli.takeover:import_pocketbase",
    "migrate": "bai_wx.cli.running:migrate",
    "operator": "bai_wx.cli.operator:operator",
    "order": "bai_wx.cli.shop:order",
    "purge": "bai_wx.cli.data:purge",
    "restore": "bai_wx.cli.backup:restore",
    "scaffold": "bai_wx.cli.scaffold:scaffold",
    "secret": "bai_wx.cli.secret:secret",
    "serve": "bai_wx.cli.running:serve",
    "template": "bai_wx.cli.tables:template",
    "token": "bai_wx.cli.shop:token",
    "undelete": "bai_wx.cli.data:undelete",
    "user": "bai_wx.cli.shop:user",
    "verify": "bai_wx.cli.backup:verify",
}
"""Where each command is."""


@click.group(
    cls=CommandLine, places=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(None, "--version", package_name="bai-wx", prog_name="bai-wx")
@click.pass_context
def main(context: click.Context) -> None:
    """The server behind the mini program. Settings come from the environment and `.env`."""
    if context.resilient_parsing:
        return
    settings = Settings.from_environment()
    log_to_stderr(settings.log)
    context.obj = settings


if __name__ == "__main__":
    main(prog_name="bai-wx")
