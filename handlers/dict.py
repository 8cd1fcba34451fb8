"""系统字典 (`openapi-wx/dict.yaml`)."""

from typing import Any

from bai_wx import dialect
from bai_wx.record.base import Caller
from models.dict import Dictionary


def dict_list(query: dict[str, str], user: Caller | None) -> dict[str, Any]:
    """字典列表。"""
    return dialect.list_page(Dictionary, query, user)


def dict_view(record_id: str, query: dict[str, str], user: Caller | None) -> dict[str, Any]:
    """查看字典。"""
    return dialect.view(Dictionary, record_id, query, user)
