"""How often one client may ask. Counted in this process's memory by the `limits` library."""

import math
import time

from limits import parse_many
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from errors import TooManyRequests

OFF = "off"


class Limits:
    """The limits of `BAI_WX_LIMITS`, such as `300/10 second`, for each client address."""

    def __init__(self, rules: str) -> None:
        """Raises ValueError when the rules cannot be read."""
        self._rules = [] if rules == OFF else parse_many(rules)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def count(self, client: str) -> None:
        """Count one request. Raises TooManyRequests with the seconds after which to try again."""
        for rule in self._rules:
            if not self._limiter.hit(rule, client):
                resets_at = self._limiter.get_window_stats(rule, client).reset_time
                wait_s = max(1, math.ceil(resets_at - time.time()))
                raise TooManyRequests(client, retry_after_s=wait_s)
