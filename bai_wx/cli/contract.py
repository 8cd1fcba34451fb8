"""`contract`: the contract as clients are told it, without a server."""

import click
import orjson

from bai_wx.cli.scaffold import checkout
from bai_wx.contract import loader


@click.command()
def contract() -> None:
    """Print the contract as one document, as /pb/api/openapi.json answers it.

    It is that of the working directory if that is a checkout, else the installed one.
    """
    click.echo(orjson.dumps(loader.published(loader.load(checkout().contract))))
