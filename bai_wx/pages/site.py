"""The application of the pages: `/` says what the server is, `/pb/docs` shows its contract.

Every page is a template of this folder with its style and its script inside. A policy lets the browser run
and load what the page names by a number used once (nonce), and nothing from elsewhere.
"""

import re
import secrets
from asyncio import to_thread
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bai_wx.errors import NotFound
from bai_wx.pages.demo_calls import demo_calls
from bai_wx.pages.scalar import load_script
from bai_wx.request.asgi import Receive, Scope, Send

READS = ("GET", "HEAD")
DOCS = "/pb/docs"
SCRIPTS = f"{DOCS}/scalar-"
SCRIPT_TYPE = "text/javascript"
KEPT_FOR_EVER = "public, max-age=31536000, immutable"
GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", re.IGNORECASE)
HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?|\[[0-9A-Fa-f:.]+\](:[0-9]+)?")

# What a page may do. Scalar writes `style` attributes and elements of its own, without a nonce.
POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src {styles}; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
OWN_STYLES, ANY_STYLES = "'nonce-{nonce}'", "'unsafe-inline'"

Answer = Callable[[Request], Awaitable[Response]]


class Site:
    """The pages of one server."""

    def __init__(self, *, version: str, operations: int, is_demo: bool) -> None:
        """Args: the contract's version and how many operations it has; whether the demo shop is served."""
        self._facts = {"version": version, "operations": operations, "is_demo": is_demo}
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        for name in self._templates.list_templates():
            self._templates.get_template(name)  # compiled now, in the thread that loads the pages
        self._answers: dict[str, Answer] = {
            "/": self._home,
            DOCS: self._docs,
            f"{DOCS}/": self._docs,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a GET or HEAD. Raises: `NotFound` for what is no page."""
        path: str = scope["path"]
        answer = self._script if path.startswith(SCRIPTS) else self._answers.get(path)
        if answer is None or scope["method"] not in READS:
            raise NotFound
        response = await answer(Request(scope))
        await response(scope, receive, send)

    async def _home(self, request: Request) -> Response:
        base = base_url(request)
        calls = demo_calls(base) if self._facts["is_demo"] else []
        return self._page("home.html", OWN_STYLES, base=base, calls=calls)

    async def _docs(self, _: Request) -> Response:
        script = await to_thread(load_script)  # the first reads and compresses megabytes
        if script is None:
            return self._page("docs_without_scalar.html", OWN_STYLES)
        return self._page("docs.html", ANY_STYLES, script=f"{DOCS}/{script.name}")

    async def _script(self, request: Request) -> Response:
        script = await to_thread(load_script)  # another worker may have answered the page
        if script is None or request.scope["path"] != f"{DOCS}/{script.name}":
            raise NotFound
        headers = {"Cache-Control": KEPT_FOR_EVER, "Vary": "Accept-Encoding"}
        if GZIP.search(request.headers.get("accept-encoding", "")):
            headers["Content-Encoding"] = "gzip"
            return Response(script.packed, media_type=SCRIPT_TYPE, headers=headers)
        text = await to_thread(lambda: script.text)  # megabytes, the first time
        return Response(text, media_type=SCRIPT_TYPE, headers=headers)

    def _page(self, template: str, styles: str, **values: Any) -> Response:
        nonce = secrets.token_urlsafe(16)
        policy = POLICY.format(nonce=nonce, styles=styles.format(nonce=nonce))
        html = self._templates.get_template(template).render(nonce=nonce, **self._facts, **values)
        return HTMLResponse(
            html,
            headers={
                "Content-Security-Policy": policy,
                "Referrer-Policy": "no-referrer",
                "Cache-Control": "no-store",  # a nonce is used once
            },
        )


def base_url(request: Request) -> str:
    """The address the browser used, without a path: `https://shop.example.com`.

    A `Host` that is no host's name is not repeated: the page shows commands to copy.
    """
    host = request.headers.get("host", "")
    if not HOST.fullmatch(host):
        address, port = request.scope.get("server") or ("127.0.0.1", None)
        host = f"{address}:{port}" if port else address
    return f"{request.url.scheme}://{host}"
