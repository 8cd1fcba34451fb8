"""Import in the console: choose a file, see what it would do, write it, mend what was refused."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette_admin.routing import route
from starlette_admin.views import CustomView

from bai_wx.console import pages, rows, times, value_texts
from bai_wx.console.context import Context
from bai_wx.console.guard import acting
from bai_wx.console.roles import Permission
from bai_wx.console.threads import in_thread
from bai_wx.console.titles import Titles
from bai_wx.console.transfers import imports
from bai_wx.console.transfers.imports import AnotherRuns, Import, NotThere, State
from bai_wx.console.transfers.jobs import Jobs
from bai_wx.console.transfers.uploads import PIECE_BYTES, Refused, Uploads
from bai_wx.console.views.answers import refused
from bai_wx.console.views.others import name_of, words_of
from bai_wx.console.views.rendered import rendered
from bai_wx.console.words import both, now
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS, relations
from bai_wx.transfer.loading.report import Options
from bai_wx.transfer.sheets.layout import layouts
from bai_wx.transfer.sheets.table import MEDIA_TYPES, Kind
from bai_wx.transfer.sheets.template import template
from models.attachments import Attachment

SIZE: Final = 20  # imports a page
ONE: Final = "/imports/{import_id}"
LONGEST_NAME: Final = 200  # characters of a file's name
FIRST: Final = "tbl_product_list"

STATES: Final[Mapping[State, tuple[str, str]]] = {
    State.CHECKING: (both("正在检查", "Being checked"), "blue"),
    State.CHECKED: (both("已检查，未写入", "Checked, not written"), "yellow"),
    State.WRITING: (both("正在写入", "Being written"), "blue"),
    State.DONE: (both("已写入", "Written"), "green"),
    State.FAILED: (both("未完成", "Not done"), "red"),
    State.INTERRUPTED: (both("已中断", "Interrupted"), "orange"),
}


class TransferPage(CustomView):
    """The page at `/console/transfer`, for editors."""

    menu_label = both("导入", "Import")
    icon = "fa fa-file-import"
    path = "/transfer"

    def __init__(self, context: Context, titles: Mapping[str, Titles]) -> None:
        super().__init__()
        self._titles = titles
        self._layouts = layouts(context.bundle)
        self._uploads = Uploads()
        self._jobs = Jobs(self._uploads, context.files)

    def is_accessible(self, request: Request) -> bool:
        return acting(request).may(Permission.EDIT)

    @route("", name="transfer")
    async def index(self, request: Request) -> Response:
        """What can be imported (`?collection=`), and what was."""
        asked = request.query_params.get("collection", "")
        collection = asked if asked in importable() else FIRST
        start = (pages.asked_page(request) - 1) * SIZE
        total, found, running = await in_thread(_listed, start)
        return await self._page(
            request,
            "transfer/page.html",
            collection=collection,
            collections=importable(),
            settable=sorted(COLLECTIONS[collection].set_by_operator()),
            takes_pictures=_takes_pictures(COLLECTIONS[collection]),
            found=found,
            running=running,
            piece_bytes=PIECE_BYTES,
            pages=pages.pages(request, total, SIZE),
        )

    @route("/template", name="transfer-template")
    async def template(self, request: Request) -> Response:
        """An empty file with the headings of a collection."""
        collection = request.query_params.get("collection", "")
        kind = request.query_params.get("format", "xlsx")
        if collection not in importable() or kind not in list(Kind):
            raise HTTPException(404)
        made = await in_thread(template, self._layouts[collection], Kind(kind))
        headers = {"Content-Disposition": f'attachment; filename="{collection}.{kind}"'}
        return Response(made, 200, headers, MEDIA_TYPES[Kind(kind)])

    @route("/pieces", methods=["POST"], name="transfer-piece")
    async def piece(self, request: Request) -> Response:
        """Take a piece of a file: `upload`, `part`, `name` and `offset` say of which. Answers `{"size"}`."""
        asked, data = request.query_params, await request.body()
        offset = asked.get("offset", "")
        if not (offset.isascii() and offset.isdigit() and len(offset) < 16) or not data:
            return _problem(400, now("请选择文件", "Choose a file."))
        if len(data) > PIECE_BYTES:
            return _problem(413, now("文件过大", "The piece is too large."))
        said = (asked.get("upload", ""), acting(request).operator_id, asked.get("part", ""))
        name = asked.get("name", "")[:LONGEST_NAME]
        try:
            size = await in_thread(self._uploads.add, *said, name, int(offset), data)
        except Refused as problem:
            return _problem(400, now(*problem.texts))
        return JSONResponse({"size": size})

    @route("/check", methods=["POST"], name="transfer-check")
    async def check(self, request: Request) -> Response:
        """Begin to check an upload. Answers the address of its page, `{"address"}`."""
        form = await request.form(max_files=0, max_fields=200)
        collection, operator = str(form.get("collection") or ""), acting(request)
        upload = self._uploads.find(str(form.get("upload") or ""), operator.operator_id)
        if collection not in importable() or upload is None:
            return _problem(400, now("请选择文件", "Choose a file."))
        settable = COLLECTIONS[collection].set_by_operator()
        cleared = frozenset(map(str, form.getlist("clear"))) & settable
        options = Options(cleared=cleared)
        try:
            made = await in_thread(
                self._jobs.check, upload, self._layouts[collection], options, operator
            )
        except AnotherRuns as problem:
            return _problem(409, _busy(problem.running))
        address = request.url_for("console:transfer-import", import_id=made)
        return JSONResponse({"address": address.path})

    @route(ONE, name="transfer-import")
    async def one(self, request: Request) -> Response:
        """One import: how far it is, or what came of it."""
        found = await _found(request)
        model = COLLECTIONS[found.collection]
        return await self._page(
            request,
            "transfer/import.html",
            found=found,
            progress=self._jobs.progress(found),
            can_write=found.state is State.CHECKED and self._jobs.can_write(found.id),
            has_refused=self._jobs.refused_rows(found.id) is not None,
            fields=self._titles[found.collection].fields,
            words=words_of(self, request, found.collection),
            text=partial(value_texts.text, model),
            called=await self._called(request, found),
        )

    @route(f"{ONE}/progress", name="transfer-progress")
    async def progress(self, request: Request) -> Response:
        """How far an import is: `{"running", "phase", "done", "total", "left_s"}`."""
        found = await _found(request)
        said = self._jobs.progress(found) if found.is_running else {}
        return JSONResponse({"running": found.is_running, **said})

    @route(f"{ONE}/write", methods=["POST"], name="transfer-write")
    async def write(self, request: Request) -> Response:
        """Begin to write what was checked; `skip_bad=1` leaves the rows out that were refused."""
        form = await request.form(max_files=0, max_fields=4)
        found = await _found(request)
        skip_bad = form.get("skip_bad") == "1"
        try:
            await in_thread(self._jobs.write, found.id, acting(request), skip_bad=skip_bad)
        except AnotherRuns as problem:
            refused(request, *_busy_texts(problem.running))
        except NotThere:
            refused(
                request,
                "文件已不在服务器上，请重新上传同一个文件",
                "The file is not on the server any more. Send the same file again.",
            )
        return RedirectResponse(request.url_for("console:transfer-import", import_id=found.id), 303)

    @route(f"{ONE}/refused", name="transfer-refused")
    async def refused_rows(self, request: Request) -> Response:
        """The rows that were refused, each with its reasons, to mend and to send again."""
        found = await _found(request)
        path = self._jobs.refused_rows(found.id)
        if path is None:
            raise HTTPException(404)
        stem = found.file_name.rpartition(".")[0] or "rows"
        media_type = MEDIA_TYPES[Kind(path.suffix[1:])]
        return FileResponse(
            path, filename=f"{stem}-{now('待修改', 'refused')}{path.suffix}", media_type=media_type
        )

    async def _called(self, request: Request, found: Import) -> dict[str, str]:
        """What the changed rows are called, by record id."""
        wanted = [each["id"] for each in found.report.get("changes", ())]
        there = await in_thread(rows.by_ids, COLLECTIONS[found.collection], wanted)
        return {row.id: await name_of(self, request, row) for row in there}

    async def _page(self, request: Request, template: str, **values: Any) -> Response:
        return await rendered(
            self,
            request,
            template,
            title=self.title(request),
            titles={name: said.collection for name, said in self._titles.items()},
            field_titles={name: said.fields for name, said in self._titles.items()},
            states=STATES,
            moment=times.shown,
            **values,
        )


def importable() -> list[str]:
    """The collections that an operator creates or changes rows of, by a file too."""
    return [name for name, model in sorted(COLLECTIONS.items()) if model.set_by_operator()]


def _takes_pictures(model: type[Record]) -> bool:
    """Whether a column names pictures."""
    return any(field.target == Attachment.collection() for field in relations(model))


def _listed(start: int) -> tuple[int, list[Import], Import | None]:
    return imports.count(), imports.listed(start, SIZE), imports.running()


async def _found(request: Request) -> Import:
    found = await in_thread(imports.find, request.path_params["import_id"])
    if found is None:
        raise HTTPException(404)
    return found


def _problem(status: int, text: str) -> JSONResponse:
    return JSONResponse({"error": text}, status)


def _busy(running: Import) -> str:
    return now(*_busy_texts(running))


def _busy_texts(running: Import) -> tuple[str, str]:
    return (
        f"{running.operator_name} 正在导入“{running.file_name}”，一次只能导入一个文件，请稍后再试",
        f"{running.operator_name} imports “{running.file_name}” now. One file at a time: try again later.",
    )
