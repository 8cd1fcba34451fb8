"""Numbers people read aloud: when it happened, then enough digits to be the only one."""

import secrets
import time
from typing import Final

BEIJING_OFFSET_S: Final = 8 * 3600
"""China has one time the whole year through."""

TAIL_DIGITS = 4


def readable_number() -> str:
    """Make a number such as `202611231615301234560042`: sortable by time, 24 digits.

    Date and time to the microsecond, then four random digits: two of the same microsecond still
    differ, and nobody can guess the next one. It is Beijing's time, because a customer reads the
    number aloud beside a wall clock; every date field is UTC.
    """
    whole, microseconds = divmod(time.time_ns() // 1_000, 1_000_000)
    moment = time.strftime("%Y%m%d%H%M%S", time.gmtime(whole + BEIJING_OFFSET_S))
    return f"{moment}{microseconds:06d}{secrets.randbelow(10**TAIL_DIGITS):0{TAIL_DIGITS}d}"
