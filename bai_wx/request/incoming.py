"""A request as it is carried from the edge, which reads it, to the operation that checks and answers it."""

import math
from dataclasses import dataclass

from bai_wx.contract.spec import Arguments
from bai_wx.record.base import Caller
from bai_wx.request.observation import UNSEEN, Observation
from bai_wx.request.tokens import Expected


@dataclass(slots=True)
class Incoming:
    """One request, and what is known of it so far.

    `body` is None when it was larger than the operation takes, and `held` are the bytes of it that were
    counted while they arrived. `arguments` are the handler's, once the request was checked; `wechat_code`
    is the code among them that WeChat is asked about, and `problem` is what its operation answered as an
    error. `known_user` was read before the body came, and holds until a moment, by `time.monotonic()`. Where
    `may_expect`, the user of a known token may be `expected` until its row is here.
    `only_reads` says that a login will not write, `is_long` that a batch is too long to be written on the event
    loop. `seen` is told what becomes of it.
    """

    path_params: dict[str, str]
    query_string: bytes
    headers: dict[bytes, bytes]
    body: bytes | None = b""
    held: int = 0
    arguments: Arguments | None = None
    wechat_code: str = ""
    problem: Exception | None = None
    known_user: tuple[Caller | None, float] = (None, -math.inf)
    may_expect: bool = False
    expected: Expected | None = None
    only_reads: bool = False
    is_long: bool = False
    seen: Observation = UNSEEN
