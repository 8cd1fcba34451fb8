"""A server of one lane: the compiled one, or Connexion's own stack for every operation.

`python -m tests.api.one_lane [--uncompiled]` serves with the settings of the environment and the WeChat
stand-in on a free port, and says where, as `bai-wx serve` does.
"""

import socket
import sys
from dataclasses import replace

import uvicorn

from bai_wx.process.app import create_app, load_contract
from bai_wx.process.settings import Settings
from bai_wx.wechat.standin import StandIn
from bai_wx.wechat.standin_desk import APPID, SECRET

UNCOMPILED = "--uncompiled"


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
