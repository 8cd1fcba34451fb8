"""What the audit log's actions are called."""

from collections.abc import Mapping
from typing import Final

from bai_wx.console.accounts.noting import AccountAction
from bai_wx.console.audit import Action
from bai_wx.console.words import both

ACTIONS: Final[Mapping[str, tuple[str, str]]] = {
    Action.CREATE: (both("新建", "Created"), "green"),
    Action.UPLOAD: (both("上传", "Uploaded"), "green"),
    Action.CHANGE: (both("修改", "Changed"), "blue"),
    Action.MOVE: (both("订单流转", "Moved an order"), "blue"),
    Action.DELETE: (both("删除", "Deleted"), "red"),
    Action.RESTORE: (both("恢复", "Restored"), "teal"),
    Action.DISABLE: (both("停用客户", "Disabled a customer"), "red"),
    Action.ENABLE: (both("启用客户", "Enabled a customer"), "teal"),
    Action.REVEAL: (both("查看隐私信息", "Saw a masked value"), "orange"),
    Action.IMPORT: (both("导入", "Imported"), "blue"),
    Action.EXPORT: (both("导出", "Exported"), "orange"),
    Action.ERASE: (both("删除个人信息", "Erased a person"), "red"),
    Action.EXPIRE: (both("清除到期记录", "Removed expired entries"), "secondary"),
    "note": (both("备注", "Noted"), "blue"),
    AccountAction.LOGIN: (both("登录", "Logged in"), "secondary"),
    AccountAction.LOGIN_REFUSED: (both("登录失败", "Login refused"), "orange"),
    AccountAction.LOGOUT: (both("退出", "Logged out"), "secondary"),
    AccountAction.SESSION_END: (both("结束会话", "Ended a session"), "secondary"),
    AccountAction.OPERATOR_CREATE: (both("新建操作员", "Made an operator"), "green"),
    AccountAction.OPERATOR_DISABLE: (both("停用操作员", "Disabled an operator"), "red"),
    AccountAction.OPERATOR_ENABLE: (both("启用操作员", "Enabled an operator"), "teal"),
    AccountAction.PASSWORD: (both("修改密码", "Changed a password"), "orange"),
    AccountAction.ROLE: (both("修改角色", "Changed a role"), "orange"),
    AccountAction.TOTP_ON: (both("开启两步验证", "Switched two-step login on"), "secondary"),
    AccountAction.TOTP_OFF: (both("关闭两步验证", "Switched two-step login off"), "orange"),
}
"""The word and the colour of each action, in the order of the page's filter."""
