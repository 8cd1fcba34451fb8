"""A server of one lane: the compiled one, or Connexion's own stack for every operation.

`python -m tests.api.one_lane [--uncompiled]` serves with the settings of the environment and the WeChat
stand-in on a free port, and says where, as `bai-wx serve` does.
"""

import socket
import sys
from dataclasses import replace
from pathlib import Path

import uvicorn

from server.app import create_app, load_contract
from server.settings import Settings
from tests.running import Server
from wechat.standin import StandIn
from wechat.standin_desk import APPID, SECRET

UNCOMPILED = "--uncompiled"


class OneLane(Server):
    """`Server`, but of one lane alone. Its home must be migrated."""

    def __init__(self, home: Path, *, compiled: bool) -> None:
        super().__init__(home)
        self._compiled = compiled

    def serving(self, port: int) -> list[str]:
        """The command that serves this lane, on whatever port is free."""
        command = [sys.executable, "-m", "tests.api.one_lane"]
        return command if self._compiled else [*command, UNCOMPILED]


def main(argv: list[str]) -> None:
    """Serve until SIGTERM."""
    with StandIn() as standin, socket.create_server(("127.0.0.1", 0)) as listener:
        settings = replace(
            Settings.from_environment(),
            wechat_appid=APPID,
            wechat_secret=SECRET,
            wechat_api_base=standin.base_url,
        )
        bundle = load_contract(settings.home)
        app = create_app(settings, bundle, compiled=UNCOMPILED not in argv)
        address, port = listener.getsockname()[:2]
        print(f"one lane serves http://{address}:{port} with 1 worker(s)", flush=True)
        config = uvicorn.Config(app, lifespan="off", log_config=None, server_header=False)
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(sys.argv[1:])
