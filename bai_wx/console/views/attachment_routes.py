"""The routes of attachments' files: show, upload, choose. They belong to no page of the menu."""

from typing import Any, Final

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette_admin.routing import route
from starlette_admin.views import CustomView

from bai_wx.console import attachment_files, writing
from bai_wx.console.attachment_files import Piece
from bai_wx.console.context import Context
from bai_wx.console.guard import acting
from bai_wx.console.roles import Permission
from bai_wx.console.threads import in_thread
from bai_wx.console.words import now
from bai_wx.errors import ServiceUnavailable
from models.attachments import Attachment

SANDBOX: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; "
    "frame-ancestors 'none'; sandbox"
)
"""What a file may do that is opened by itself: nothing. A script in it never runs."""
NOT_KEPT: Final = "private, no-store"
OFFERED: Final = 24  # attachments at a time in a picker
MOST_NAMED: Final = 200  # attachments of one field


class AttachmentRoutes(CustomView):
    """`GET /attachments/{id}/file`, `GET /attachments/pick`, `POST /attachments/upload`."""

    path = "/attachments"
    add_to_menu = False

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._files = context.files

    async def index(self, request: Request) -> Response:
        """There is no such page: without `@route` this one is not reached."""
        raise NotImplementedError

    def is_accessible(self, request: Request) -> bool:
        return acting(request).may(Permission.VIEW)

    @route("/{record_id}/file", name="attachment-file")
    async def file(self, request: Request) -> Response:
        """The file, or its thumbnail where `thumb` is a known size; `download=1` has it saved."""
        asked = request.query_params
        piece = await in_thread(
            attachment_files.read,
            self._files,
            request.path_params["record_id"],
            asked.get("thumb", ""),
            dict(request.headers.raw),
            acting(request),
        )
        return _answer(piece, download=asked.get("download") == "1")

    @route("/pick", name="attachment-pick")
    async def pick(self, request: Request) -> Response:
        """Attachments to choose from: `kind`, `q` and `start` ask, `{"items", "more"}` answers.

        `ids` asks for those that are named instead, joined by commas.
        """
        asked = request.query_params
        if asked.get("ids"):
            named = asked["ids"].split(",")[:MOST_NAMED]
            found = await in_thread(attachment_files.named, named)
            return JSONResponse({"items": found, "more": False})
        start = asked.get("start", "")
        items, more = await in_thread(
            attachment_files.offered,
            asked.get("kind", ""),
            asked.get("q", "").strip(),
            int(start) if start.isdecimal() and len(start) < 8 else 0,
            OFFERED,
        )
        return JSONResponse({"items": items, "more": more})

    @route("/upload", methods=["POST"], name="attachment-upload")
    async def upload(self, request: Request) -> Response:
        """Store the form's `file`. Answers 201 with the attachment, or 400 with `{"error"}`."""
        async with request.form(max_files=1, max_fields=4) as form:
            sent = form.get("file")
            if not isinstance(sent, UploadFile) or not sent.filename:
                return _refused(400, now("请选择文件", "Choose a file"))
            name, data = sent.filename, await sent.read()
        try:
            made = await in_thread(
                writing.upload, Attachment, name, data, {}, acting(request), self._files
            )
        except writing.Invalid as problem:
            return _refused(400, " ".join(now(*texts) for texts in problem.problems.values()))
        except ServiceUnavailable:
            return _refused(503, now("服务器正忙，请稍后再试", "The server is busy, try again"))
        return JSONResponse(attachment_files.described(made), 201)


def _refused(status: int, text: str) -> JSONResponse:
    return JSONResponse({"error": text}, status)


def _answer(piece: Piece, *, download: bool) -> Response:
    reply, age = piece.reply, piece.reply.max_age_s
    headers: dict[str, Any] = {
        "Content-Disposition": attachment_files.disposition(piece, download=download),
        "Content-Security-Policy": SANDBOX,
        "Cache-Control": f"private, max-age={age}" if age else NOT_KEPT,
        "Accept-Ranges": "bytes",
        "ETag": f'"{reply.etag}"',
    }
    if piece.data is None:
        return Response(None, 304, headers)
    status = 200
    if piece.part is not None:
        status, first = 206, piece.part.offset
        headers["Content-Range"] = f"bytes {first}-{first + piece.part.length - 1}/{reply.size}"
    return Response(piece.data, status, headers, reply.content_type)
