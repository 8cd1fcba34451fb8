"""Settings, to be read: what runs, and what the doctor finds. They are changed where the server is started."""

from asyncio import to_thread
from collections.abc import Mapping
from importlib.metadata import version
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route
from starlette_admin.views import CustomView

from bai_wx.console.context import Context
from bai_wx.console.guard import acting
from bai_wx.console.roles import Permission
from bai_wx.console.views.rendered import rendered
from bai_wx.console.words import both, now
from bai_wx.database.connection import is_postgres

ABOUT: Final[Mapping[str, str]] = {
    "home": both("数据目录", "Home"),
    "database": both("数据库", "Database"),
    "migrations": both("数据库迁移", "Migrations"),
    "schema": both("表结构", "Tables"),
    "files": both("文件存储", "Files"),
    "contract": both("接口契约", "Contract"),
    "handlers": both("接口实现", "Handlers"),
    "secret": both("密钥", "Secret"),
    "data key": both("数据密钥", "Data key"),
    "read replicas": both("只读副本", "Read replicas"),
    "old secrets": both("原 PocketBase 的密钥", "Secrets of the PocketBase before"),
    "limits": both("访问频率限制", "Limits"),
    "quotas": both("用户配额", "Quotas"),
    "wechat": both("微信小程序", "WeChat"),
    "backup": both("备份", "Backup"),
    "alerts": both("告警", "Alerts"),
    "disk": both("磁盘空间", "Disk"),
    "doctor": both("检查程序", "Doctor"),
}
"""What each check of the doctor is about."""


class SettingsPage(CustomView):
    """The page at `/console/settings`."""

    menu_label = both("系统设置", "Settings")
    path = "/settings"

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context

    def is_accessible(self, request: Request) -> bool:
        return acting(request).may(Permission.ADMINISTER)

    @route("", name="settings")
    async def index(self, request: Request) -> Response:
        return await rendered(
            self, request, "settings/page.html", title=self.title(request), facts=self._facts()
        )

    @route("/findings", name="settings-findings")
    async def findings(self, request: Request) -> Response:
        """The doctor's lines, for the page to show when they are there: they take a second."""
        found = await to_thread(self._context.findings)
        return await rendered(self, request, "settings/findings.html", findings=found, about=ABOUT)

    def _facts(self) -> list[tuple[str, str]]:
        return [
            (now("服务器版本", "Version of the server"), version("bai-wx")),
            (
                now("接口契约版本", "Version of the contract"),
                self._context.bundle["info"]["version"],
            ),
            (now("数据库", "Database"), "PostgreSQL" if is_postgres() else "SQLite"),
            (
                now("商店", "Shop"),
                now("演示", "demo") if self._context.is_demo else now("正式", "real"),
            ),
        ]
