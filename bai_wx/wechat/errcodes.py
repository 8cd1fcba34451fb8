"""WeChat's error numbers by name.

Source: WeChat mini-program server docs, 全局返回码 and the tables under `code2Session`,
`getStableAccessToken` and `getPhoneNumber`.
"""

from enum import IntEnum


class ErrCode(IntEnum):
    """The `errcode` of an answer. A number that is not here is simply one we have no name for."""

    OK = 0
    SYSTEM_BUSY = -1
    INVALID_CREDENTIAL = 40001
    INVALID_GRANT_TYPE = 40002
    INVALID_APPID = 40013
    INVALID_ACCESS_TOKEN = 40014
    INVALID_CODE = 40029
    INVALID_SECRET = 40125
    CODE_USED = 40163
    IP_NOT_ALLOWED = 40164
    USER_BLOCKED = 40226
    MISSING_ACCESS_TOKEN = 41001
    MISSING_APPID = 41002
    MISSING_SECRET = 41004
    MISSING_CODE = 41008
    ACCESS_TOKEN_EXPIRED = 42001
    REQUIRE_GET = 43001
    REQUIRE_POST = 43002
    DAILY_LIMIT = 45009
    MINUTE_LIMIT = 45011
    BAD_DATA_FORMAT = 47001


STALE_ACCESS_TOKEN = frozenset(
    {ErrCode.INVALID_CREDENTIAL, ErrCode.INVALID_ACCESS_TOKEN, ErrCode.ACCESS_TOKEN_EXPIRED}
)
"""Ask for another access token and try again."""

OPERATOR_MUST_ACT = frozenset(
    {ErrCode.INVALID_APPID, ErrCode.INVALID_SECRET, ErrCode.IP_NOT_ALLOWED}
)
"""No login can succeed until somebody changes the settings, here or in WeChat's console."""
