"""Numbers people read aloud: when it happened, then enough digits to be the only one."""

import secrets
import time

TAIL_DIGITS = 4


def readable_number() -> str:
    """Make a number such as `202611230815301234560042`: sortable by time, 24 digits.

    Date and time to the microsecond, in UTC as all times are, then four random digits: two of the
    same microsecond still differ, and nobody can guess the next one.
    """
    whole, microseconds = divmod(time.time_ns() // 1_000, 1_000_000)
    moment = time.strftime("%Y%m%d%H%M%S", time.gmtime(whole))
    return f"{moment}{microseconds:06d}{secrets.randbelow(10**TAIL_DIGITS):0{TAIL_DIGITS}d}"
