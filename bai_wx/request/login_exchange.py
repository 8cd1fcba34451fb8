"""A login between its checks and its answer: WeChat says who that is, and a look at the user whether it writes.

`dispatch` calls this, on the event loop, for operations that name a login code in the contract
(`x-wechat-code`). Their handler is given `session`, and `known` where it asks for it; neither without a code.
"""

from bai_wx.database.connection import request_connection
from bai_wx.request.incoming import Incoming
from bai_wx.request.operation import Operation
from bai_wx.wechat.client import WeChatClient
from models.users import User


async def exchange_login_code(
    wechat: WeChatClient, operation: Operation, incoming: Incoming
) -> None:
    """Ask WeChat whose login code this is. Raises: as `WeChatClient.session_of`."""
    session = await wechat.session_of(incoming.wechat_code)
    operation.check(incoming)["session"] = session


def recall(operation: Operation, incoming: Incoming) -> None:
    """Read the user who logs in: who was here before mostly logs in without a write."""
    if "known" not in operation.wanted:
        return
    arguments = operation.check(incoming)
    session = arguments["session"]
    with request_connection:
        known = User.known(session.openid, session.unionid)
    if known is not None:
        arguments["known"], incoming.only_reads = known, True
