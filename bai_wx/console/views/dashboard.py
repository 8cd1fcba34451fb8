"""The first page: what came today, what waits, what sells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route
from starlette_admin.views import CustomView

from bai_wx.console import figures, times
from bai_wx.console.best_sold import Sold
from bai_wx.console.figures import Day, Figures
from bai_wx.console.guard import acting
from bai_wx.console.roles import Permission
from bai_wx.console.sales.states import ORDER_STATES
from bai_wx.console.threads import in_thread
from bai_wx.console.views.rendered import rendered
from bai_wx.console.words import both, now
from bai_wx.database.connection import FAILURES, was_stopped
from bai_wx.record.money import yuan_of

WEEKDAYS: Final = "一二三四五六日"


@dataclass(frozen=True)
class Bar:
    """A bar of a chart. `height` is in per cent of the highest."""

    day: str
    text: str
    height: float


class Dashboard(CustomView):
    """The page at `/console/`."""

    menu_label = both("概览", "Overview")
    path = "/"

    def is_accessible(self, request: Request) -> bool:
        return acting(request).may(Permission.VIEW)

    @route("")
    async def index(self, request: Request) -> Response:
        today = times.today()
        found = await in_thread(figures.read, today)
        sold = await in_thread(_sold_if_in_time, today)
        return await rendered(
            self,
            request,
            "dashboard/page.html",
            title=self.title(request),
            day=_spoken(today),
            found=found,
            cards=_cards(found),
            states=ORDER_STATES,
            turnover=_bars(found.days, "turnover"),
            orders=_bars(found.days, "orders"),
            sold=sold,
            most_sold=max((each.quantity for each in sold or ()), default=1),
            yuan=yuan,
            shown=times.shown,
        )


def _sold_if_in_time(today: str) -> list[Sold] | None:
    """The best sold products; None in a shop so busy that a read of its orders is stopped at its limit."""
    try:
        return figures.sold(today)
    except FAILURES as problem:
        if was_stopped(problem):
            return None
        raise


@dataclass(frozen=True)
class Card:
    """A figure of today beside yesterday's. `link` is the list of the rows that it counts."""

    title: str
    value: str
    beside: str
    icon: str
    link: str


def _cards(found: Figures) -> list[Card]:
    today, before = found.today, found.yesterday
    of_today = "/tbl_order/list?period=today"
    waiting = found.states.get("pending", 0)
    return [
        Card(
            now("今日订单", "Orders today"),
            str(today.orders),
            now(f"昨日 {before.orders}", f"{before.orders} yesterday"),
            "receipt",
            of_today,
        ),
        Card(
            now("今日成交额", "Turnover today"),
            yuan(today.turnover),
            now(f"昨日 {yuan(before.turnover)}", f"{yuan(before.turnover)} yesterday"),
            "yen-sign",
            of_today,
        ),
        Card(
            now("今日新用户", "New customers today"),
            str(today.users),
            now(f"共 {found.users} 位", f"{found.users} in all"),
            "user-plus",
            f"/tbl_auth_users/list?filter=created__eq={today.date}",
        ),
        Card(
            now("待确认订单", "Orders to confirm"),
            str(waiting),
            now("需要处理", "Waiting for you") if waiting else now("全部处理完毕", "All done"),
            "bell",
            "/tbl_order/list?status=pending",
        ),
    ]


def _bars(days: Sequence[Day], name: str) -> list[Bar]:
    values = [getattr(day, name) for day in days]
    most = max(values) or 1
    write = yuan if name == "turnover" else str
    return [
        Bar(day.date[5:], write(value), round(100 * value / most, 1))
        for day, value in zip(days, values, strict=True)
    ]


def yuan(fen: int) -> str:
    """An amount as people write it: `¥1,234.50`."""
    return f"¥{yuan_of(fen):,.2f}"


def _spoken(day: str) -> str:
    read = date.fromisoformat(day)
    chinese = f"{read.year}年{read.month}月{read.day}日 星期{WEEKDAYS[read.weekday()]}"
    return now(chinese, read.strftime("%A, %-d %B %Y"))
