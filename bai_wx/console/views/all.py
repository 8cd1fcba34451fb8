"""Every page of the console, in the order of its menu.

A collection without a page of its own has the general one.
"""

from collections.abc import Mapping
from typing import Final

from starlette_admin.views import BaseView

from bai_wx.console.context import Context
from bai_wx.console.titles import titles
from bai_wx.console.views.account import Account
from bai_wx.console.views.attachment_routes import AttachmentRoutes
from bai_wx.console.views.attachments import AttachmentView
from bai_wx.console.views.audit_log import AuditLog
from bai_wx.console.views.carts import CartView
from bai_wx.console.views.companies import CompanyView
from bai_wx.console.views.customers import CustomerPages, CustomerView
from bai_wx.console.views.dictionary import DictionaryView
from bai_wx.console.views.documents import DocumentRoutes, DocumentView
from bai_wx.console.views.exports import ExportRoutes
from bai_wx.console.views.operators import Operators
from bai_wx.console.views.orders import OrderPages, OrderView
from bai_wx.console.views.products import ProductRoutes, ProductView
from bai_wx.console.views.record_view import RecordView
from bai_wx.console.views.search import SearchPage
from bai_wx.console.views.settings_page import SettingsPage
from bai_wx.console.views.transfers import TransferPage
from bai_wx.console.views.trash import TrashPage
from bai_wx.record.base import COLLECTIONS

PAGES: Final[Mapping[str, type[RecordView]]] = {
    "tbl_order": OrderView,
    "tbl_auth_users": CustomerView,
    "tbl_cart": CartView,
    "tbl_product_list": ProductView,
    "tbl_document": DocumentView,
    "tbl_attachments": AttachmentView,
    "tbl_company": CompanyView,
    "tbl_system_dict": DictionaryView,
}
"""The pages of a collection that has its own, by its name, in the menu's order."""


def views(context: Context) -> list[BaseView]:
    """Make the pages."""
    said = titles(context.bundle)
    order = [*PAGES, *sorted(COLLECTIONS.keys() - PAGES.keys())]
    lists = [PAGES.get(name, RecordView)(COLLECTIONS[name], said[name]) for name in order]
    return [
        *lists,
        AttachmentRoutes(context),
        OrderPages(),
        CustomerPages(),
        DocumentRoutes(),
        ProductRoutes(),
        ExportRoutes(context),
        TransferPage(context, said),
        TrashPage(said),
        AuditLog(said),
        SearchPage(),
        Operators(),
        Account(),
        SettingsPage(context),
    ]
