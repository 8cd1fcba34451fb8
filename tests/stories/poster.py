"""POSTs JSON to hooks: what a crowd of clients in one process asks for, at a third of the CPU of `requests`."""

import json
import select
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from tests.running import Answer, Client

TIMEOUT_S = 30
CUT_OFF = (OSError, HTTPException)
"""What a request raises whose answer did not come; of these `ConnectionRefusedError` was not sent at all."""


class Poster:
    """One client's connection, kept from request to request and made anew when it was lost."""

    def __init__(self, client: Client) -> None:
        address = urlsplit(client.url)
        self._client = client  # whose token may be another one next time
        self._connection = HTTPConnection(str(address.hostname), address.port, timeout=TIMEOUT_S)

    def post(self, path: str, body: Any, headers: dict[str, str]) -> Answer:
        """Send one request below `/pb/api`. Raises: one of `CUT_OFF`."""
        if self._was_closed():
            self._connection.close()
        given = {"Content-Type": "application/json", **headers}
        given["Authorization"] = f"Bearer {self._client.token}"
        try:
            self._connection.request("POST", f"/pb/api{path}", json.dumps(body).encode(), given)
            answer = self._connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        except CUT_OFF:
            self._connection.close()
            raise

    def close(self) -> None:
        """Let go of the connection; another request would make one anew."""
        self._connection.close()

    def _was_closed(self) -> bool:
        """Whether the server has closed the connection since: nothing else makes an idle one readable."""
        if self._connection.sock is None:
            return False
        looking = select.poll()  # not select(), which knows no descriptor beyond 1023
        looking.register(self._connection.sock, select.POLLIN)
        return bool(looking.poll(0))
