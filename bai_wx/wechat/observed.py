"""Each question to WeChat is counted by what was asked and answered, with how long it took."""

import time
from typing import Final

from bai_wx import metrics
from bai_wx.wechat.calls import Answer, Call, Deadline
from bai_wx.wechat.on_loop import LoopWire
from bai_wx.wechat.transport import Wire

SESSION_PATH: Final = "/sns/jscode2session"
TOKEN_PATH: Final = "/cgi-bin/stable_token"
PHONE_PATH: Final = "/wxa/business/getuserphonenumber"

_NAMES: Final = {SESSION_PATH: "login", TOKEN_PATH: "access_token", PHONE_PATH: "phone"}
_SECONDS: Final = {path: metrics.WECHAT_SECONDS.distribution(name) for path, name in _NAMES.items()}
_ANSWERS: Final = {
    (path, errcode): metrics.WECHAT_ANSWERS.series(call=name, errcode=errcode)
    for path, name in _NAMES.items()
    for errcode in metrics.WECHAT_ERRCODES
}


async def ask(wire: Wire | LoopWire, call: Call, deadline: Deadline) -> Answer:
    """Ask once. Returns and raises: as `transport.Wire.ask`."""
    began, errcode = time.perf_counter(), "unreachable"
    try:
        answer = await wire.ask(call, deadline)
        errcode = str(answer.get("errcode", 0))
        return answer
    finally:
        _SECONDS[call.path].observe(time.perf_counter() - began)
        _ANSWERS.get((call.path, errcode), _ANSWERS[call.path, "other"]).inc()
