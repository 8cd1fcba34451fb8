"""Applications that stand beside the contract: the pages that people open in a browser.

The edge asks here for a path that the contract does not know, and only then: a request of an operation
never comes by. An application is loaded when it is first asked for, so a server that nobody opens in a
browser never imports its libraries.
"""

from asyncio import to_thread
from collections.abc import Callable, Mapping

from bai_wx import metrics
from bai_wx.request.asgi import App, Receive, Scope, Send
from bai_wx.request.observation import observation_of

ROOT = "/"

Load = Callable[[], App]
"""Loads an application, which raises `NotFound` for a request that is not its."""


class _Mounted:
    """An application, as far as it is told of."""

    def __init__(self, name: str) -> None:
        self.id, self.index = name, metrics.index_of(name)


def observed_as(name: str, app: App) -> App:
    """Have the requests of an application counted, and told in the access log, by a name of their own."""
    operation = _Mounted(name)

    async def observed(scope: Scope, receive: Receive, send: Send) -> None:
        observation_of(scope).operation = operation
        await app(scope, receive, send)

    return observed


class Mounts:
    """Which application answers at a path and at all paths below it; `/` means the root alone."""

    def __init__(self, loads: Mapping[str, Load] | None = None) -> None:
        self._apps: dict[Load, App] = {}
        self._exact = dict(loads or {})
        self._below = [(f"{path}/", load) for path, load in self._exact.items() if path != ROOT]

    async def find(self, path: str) -> App | None:
        """Return the application of a path, loading it the first time; None where there is none.

        It is loaded in a thread: imports and templates take 30 ms and more, which no other request waits.
        """
        load = self._exact.get(path)
        if load is None:
            load = next((load for start, load in self._below if path.startswith(start)), None)
        if load is None:
            return None
        if load not in self._apps:
            self._apps[load] = await to_thread(load)
        return self._apps[load]
