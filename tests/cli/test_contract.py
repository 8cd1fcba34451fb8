"""`bai-wx contract` prints what a server answers."""

import orjson

from tests.cli.commands import Run
from tests.running import Client, Server


def test_the_contract_is_what_a_server_answers(run: Run, server: Server) -> None:
    """Byte for byte, so that a client generated from it fits the server."""
    printed = run("contract")
    assert printed.exit_code == 0, printed.stderr
    answered = Client(server.url).get("/openapi.json")
    assert printed.stdout.encode().removesuffix(b"\n") == answered.content
    assert orjson.loads(answered.content)["openapi"] == "3.1.0"
