"""The menu of the console: its groups, their order, and a picture for each page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette_admin.views import BaseModelView, BaseView, CustomView

from bai_wx.console.words import both

GROUPS: Final[Sequence[tuple[str, Sequence[tuple[str, str]]]]] = (
    (
        both("经营", "Business"),
        (("/", "gauge-high"), ("tbl_order", "receipt"), ("tbl_cart", "cart-shopping")),
    ),
    (both("商品", "Goods"), (("tbl_product_list", "box-open"),)),
    (
        both("内容", "Content"),
        (
            ("tbl_document", "file-lines"),
            ("tbl_attachments", "images"),
            ("tbl_system_dict", "book"),
        ),
    ),
    (both("客户", "Customers"), (("tbl_auth_users", "users"), ("tbl_company", "building"))),
    (
        both("系统", "System"),
        (
            ("/transfer", "file-import"),
            ("/trash", "trash-can"),
            ("/audit", "clock-rotate-left"),
            ("/operators", "user-shield"),
            ("/settings", "gear"),
        ),
    ),
)
"""Each group's title, and its pages by collection or path with the name of a picture of Font Awesome.

A page that is not there is left out. What no group has is shown under a title of its own.
"""
OTHERS: Final = both("其他", "Others")
PLAIN: Final = "table"


@dataclass(frozen=True)
class Entry:
    """A page in the menu."""

    label: str
    icon: str
    address: str
    is_active: bool


@dataclass(frozen=True)
class Group:
    """Some pages of the menu below a title."""

    title: str
    entries: Sequence[Entry]


def groups(views: Sequence[BaseView], request: Request) -> list[Group]:
    """The menu of those pages that this operator may see."""
    shown = {_name(view): view for view in views if _is_shown(view, request)}
    known = {name for _, pages in GROUPS for name, _ in pages}
    others = [(name, PLAIN) for name in shown if name not in known]
    made = (
        Group(title, list(_entries(pages, shown, request)))
        for title, pages in (*GROUPS, (OTHERS, others))
    )
    return [group for group in made if group.entries]


def _entries(
    pages: Sequence[tuple[str, str]], shown: dict[str, BaseView], request: Request
) -> Iterator[Entry]:
    for name, icon in pages:
        view = shown.get(name)
        if view is not None:
            yield Entry(view.menu_label, icon, _address(view, request), view.is_active(request))


def _is_shown(view: BaseView, request: Request) -> bool:
    if isinstance(view, CustomView) and not view.add_to_menu:
        return False
    return bool(_name(view)) and view.is_accessible(request)


def _name(view: BaseView) -> str:
    """The collection or the path of a page."""
    if isinstance(view, BaseModelView):
        return view.key or ""
    return view.path if isinstance(view, CustomView) else ""


def _address(view: BaseView, request: Request) -> str:
    root = request.scope["root_path"]
    return f"{root}/{view.key}/list" if isinstance(view, BaseModelView) else f"{root}{_name(view)}"
