"""What is taken from a connection: a table of raw exchanges, each asked directly and through our proxy."""

import pytest

from tests.faults import wire_rows
from tests.faults.conftest import Said
from tests.faults.wire import LAST, Row, exchange, statuses
from tests.running import Client, Server


@pytest.fixture(scope="module")
def attacker(server: Server) -> Client:
    """The user who sends the bytes."""
    return Client(server.url).login("alice")


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in wire_rows.table()])
def test_exchange(server: Server, attacker: Client, said: Said, row: Row) -> None:
    """Each request is answered once, and what is none is refused and the connection closed."""
    answers = exchange(server.url, row.sent.replace(b"@TOKEN@", attacker.token.encode()) + LAST)
    said(statuses(answers))
    assert statuses(answers) == row.statuses
    for text in row.holds:
        assert text in answers
    for text in row.lacks:
        assert text not in answers
    for head in answers.split(b"HTTP/1.1 ")[1:]:
        assert b"\r\nx-content-type-options: nosniff\r\n" in head
