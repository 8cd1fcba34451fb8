"""A robot of a group chat on a real socket: it keeps what it is sent, and answers what it is told to."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


def says(body: str, status: int = 200) -> Answer:
    """Answer so."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body.encode())))
        handler.end_headers()
        handler.wfile.write(body.encode())

    return answer


class RobotServer:
    """What was sent, in its order."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/send?key=TOPSECRET"
        self.answer: Answer = says('{"errcode":0,"errmsg":"ok"}')
        self.paths: list[str] = []
        self.bodies: list[bytes] = []

    def messages(self) -> list[Any]:
        """The bodies as JSON."""
        return [json.loads(body) for body in self.bodies]

    def await_text(self, part: str, seconds: float = 20) -> str:
        """Wait for a message to any webhook that holds this text."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for message in self.messages():
                if part in message["text"]:
                    return str(message["text"])
            time.sleep(0.05)
        raise AssertionError(f"nothing about {part!r} among {self.messages()}")


@contextmanager
def robot_server() -> Iterator[RobotServer]:
    """A robot that takes everything, until it is told otherwise."""
    made: list[RobotServer] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made[0].paths.append(self.path)
            made[0].bodies.append(body)
            made[0].answer(self)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.append(RobotServer(server.server_address[1]))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield made[0]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
