"""A server of one lane: the compiled one, or Connexion's own stack for every operation.

`python -m tests.api.one_lane HEADER [--uncompiled]` serves with the settings of the environment and the WeChat
stand-in on a free port, and says where, as `bai-wx serve` does. Each answer says in HEADER which operation
Connexion's router chose, as Connexion notes it in the ASGI scope.
"""

import socket
import sys
from dataclasses import replace

import uvicorn
from connexion.middleware.abstract import ROUTING_CONTEXT

from bai_wx.process.app import create_app, load_contract
from bai_wx.process.settings import Settings
from bai_wx.request.asgi import App, Message, Receive, Scope, Send
from bai_wx.wechat.standin import StandIn
from bai_wx.wechat.standin_api import APPID, SECRET

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
        config = uvicorn.Config(
            telling(app, argv[0].encode()), lifespan="off", log_config=None, server_header=False
        )
        uvicorn.Server(config).run(sockets=[listener])


def telling(app: App, header: bytes) -> App:
    """The application; a header of each answer names the operation that Connexion's router chose, if any."""

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        routing = scope.setdefault("extensions", {}).setdefault(ROUTING_CONTEXT, {})

        async def say(message: Message) -> None:
            if message["type"] == "http.response.start":
                chosen = (routing.get("operation_id") or "").encode()
                message["headers"] = [*message["headers"], (header, chosen)]
            await send(message)

        await app(scope, receive, say)

    return told


if __name__ == "__main__":
    main(sys.argv[1:])
