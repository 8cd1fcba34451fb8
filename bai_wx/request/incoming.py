"""A request between the edge, which reads it, and the operation, which checks it."""

from dataclasses import dataclass
from typing import Any

from bai_wx.wechat.client import Session


@dataclass(slots=True)
class Incoming:
    """A request as the edge read it. `body` is None when it was larger than the operation takes.

    `code` is the login code in the body, once that was found good; `session` is who that is, once
    WeChat has said it, and `arguments` is what was read of the request before WeChat was asked. `held`
    are the bytes of the body that were counted while they arrived.
    """

    path_params: dict[str, str]
    query_string: bytes
    headers: dict[bytes, bytes]
    body: bytes | None = b""
    code: str = ""
    session: Session | None = None
    arguments: dict[str, Any] | None = None
    held: int = 0
