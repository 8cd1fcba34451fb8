"""The access log: a line for each request that the setting `BAI_WX_ACCESS_LOG` chooses.

A line names the user by its business id. It never holds a token, an openid, a phone number, a code, a body
or a query: none of them is in the `Observation` that it is made of, but for the caller's openid, which
nobody reads here.
"""

import logging
import math
import random
import re
from dataclasses import dataclass

from bai_wx.request.observation import Observation

log = logging.getLogger("bai_wx.access")

OFF, ALL = "off", "all"
SERVER_ERROR = 500
PROBES = frozenset({"health", "ready"})
"""What a proxy asks each second. A share of such lines would hide those of clients."""
METHODS = frozenset(
    {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}
)
OTHER = "other"
"""Stands for any other word in a method's place: it may be as long as a head, or a secret."""
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)%")
_ONE_OF = re.compile(r"1/([1-9]\d{0,8})")
_SLOW = re.compile(r"slow:(\d{1,7})(ms|s)")


@dataclass(frozen=True)
class AccessLog:
    """Which requests have a line: a share of all, those that took long, and every 5xx."""

    share: float = 0.0
    slow_s: float = math.inf

    @classmethod
    def of(cls, text: str) -> "AccessLog | None":
        """Read the setting; None where it is off. Raises: `ValueError`."""
        share, slow_s = 0.0, math.inf
        if text.lower() == OFF:
            return None
        for word in text.lower().split(","):
            if found := _SLOW.fullmatch(word.strip()):
                slow_s = int(found[1]) / (1000 if found[2] == "ms" else 1)
            else:
                share = _share(word.strip())
        return cls(share, slow_s)

    def tell(self, seen: Observation, status: int, seconds: float) -> None:
        """Write a request's line, if it is to have one."""
        if status < SERVER_ERROR and seconds < self.slow_s:
            if random.random() >= self.share:  # noqa: S311  # a sample, no secret
                return
            if seen.operation.id in PROBES and self.share < 1:
                return
        caller = seen.caller
        fields = {
            "request_id": seen.request_id.decode("ascii"),
            "operation": seen.operation.id,
            "method": seen.method if seen.method in METHODS else OTHER,
            "status": status,
            "duration_ms": round(seconds * 1000, 3),
            "wait_ms": round(seen.waited_s * 1000, 3),
            "user": caller.business_id if caller is not None else "",
            "client": seen.client,
        }
        log.info("request", extra={"fields": fields})


def _share(word: str) -> float:
    if word == ALL:
        return 1.0
    if found := _PERCENT.fullmatch(word):
        share = float(found[1]) / 100
        if share <= 1:
            return share
    if found := _ONE_OF.fullmatch(word):
        return 1 / int(found[1])
    raise ValueError(
        f"holds {word!r}; write off, all, a share such as 1% or 1/100, slow:200ms, or a share and slow:…"
    )
