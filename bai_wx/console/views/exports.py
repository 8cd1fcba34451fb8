"""The list of a collection as a file: the rows of its filters, the columns that it shows or all of them."""

from collections.abc import Mapping
from functools import partial
from typing import IO, Any, Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette_admin.routing import route

from bai_wx.console import times
from bai_wx.console.context import Context
from bai_wx.console.guard import acting
from bai_wx.console.threads import in_thread
from bai_wx.console.transfers import exports
from bai_wx.console.transfers.exports import Export
from bai_wx.console.transfers.streams import Streams
from bai_wx.console.views.answers import refused
from bai_wx.console.views.others import view_of
from bai_wx.console.views.pages import Pages
from bai_wx.console.views.record_view import RecordView
from bai_wx.record.collections import COLLECTIONS
from bai_wx.transfer.sheets.layout import Layout, layouts
from bai_wx.transfer.sheets.table import MEDIA_TYPES, Kind
from bai_wx.transfer.sheets.writing import write_table

XLSX: Final = str(Kind.XLSX)
OWN: Final = frozenset({"format", "all", "whole", "page", "page_size", "cols"})
"""The parts of an address that ask for no row."""


class ExportRoutes(Pages):
    """`GET /export/{collection}`: the rows that a list of the same address shows, on all its pages."""

    path = "/export"

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._layouts = layouts(context.bundle)
        self._streams = Streams()

    @route("/{collection}", name="export")
    async def export(self, request: Request) -> Response:
        """The file: `format` names its kind, `all=1` asks for every column, `whole=1` for unmasked numbers."""
        asked, collection = request.query_params, request.path_params["collection"]
        if collection not in COLLECTIONS or asked.get("format", XLSX) not in list(Kind):
            raise HTTPException(404)
        kind = Kind(asked.get("format", XLSX))
        view = view_of(self, collection)
        try:
            prepared = await self._prepared(request, view, kind)
        except exports.TooMany:
            return self._refused(request, collection, _most(kind))
        write = partial(_write, prepared, kind, self._layouts[collection])
        pieces = self._streams.pieces(write, seeks=kind is Kind.XLSX)
        return StreamingResponse(pieces, 200, _headers(view, kind), MEDIA_TYPES[kind])

    def _refused(self, request: Request, collection: str, most: int) -> Response:
        refused(
            request,
            f"这种文件一次最多导出 {most:,} 条，请先筛选，或改用 CSV；更多的用命令 bai-wx export",
            f"Such a file has at most {most:,} rows. Filter them, choose CSV, or use bai-wx export.",
        )
        return RedirectResponse(request.url_for("console:list", key=collection), 303)

    async def _prepared(self, request: Request, view: RecordView, kind: Kind) -> Export:
        asked = request.query_params
        where, params = view.asked(request)
        chosen = None if asked.get("all") == "1" else params.visible_cols
        return await in_thread(
            exports.prepare,
            view.model,
            exports.fields(view.model, chosen),
            where,
            params.sorts,
            acting(request),
            is_whole=asked.get("whole") == "1",
            most=_most(kind),
            said={"format": kind, "asked": _rows_asked(asked)},
        )


def _most(kind: Kind) -> int:
    return exports.MOST_ROWS_WHOLE if kind is Kind.XLSX else exports.MOST_ROWS


def _rows_asked(asked: Any) -> str:
    return "&".join(f"{name}={value}" for name, value in asked.multi_items() if name not in OWN)


def _headers(view: RecordView, kind: Kind) -> Mapping[str, str]:
    name = f"{view.titles.collection}-{times.today()}.{kind}"
    plain = f"{view.model.collection()}.{kind}"
    said = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return {"Content-Disposition": said, "Cache-Control": "private, no-store"}


def _write(export: Export, kind: Kind, layout: Layout, file: IO[bytes]) -> None:
    write_table(file, kind, layout, exports.values(export), export.fields)
