"""Deleted rows of every collection, and the button that brings one back."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin.flash import flash
from starlette_admin.routing import route
from starlette_admin.views import CustomView

from bai_wx.console import pages, rows, times, trash, value_texts, writing
from bai_wx.console.guard import acting
from bai_wx.console.masking import PAPER_TEXT, masked, masked_paper_text
from bai_wx.console.roles import Permission
from bai_wx.console.threads import in_thread
from bai_wx.console.titles import Titles
from bai_wx.console.trash import Asked, DeletedRow
from bai_wx.console.views.others import name_of, view_of, words_of
from bai_wx.console.views.rendered import rendered
from bai_wx.console.words import both, now
from bai_wx.errors import ApiError, NotFound
from bai_wx.record import row_values
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.problem_texts import of_error

SIZE: Final = 20  # rows a page
MAX_TEXT: Final = 200  # characters that are searched for
ROW: Final = "/{collection}/{record_id}"


class TrashPage(CustomView):
    """The page at `/console/trash`. Whoever may see rows sees deleted ones too; editors restore them."""

    menu_label = both("回收站", "Deleted rows")
    icon = "fa fa-trash-can"
    path = "/trash"

    def __init__(self, titles: Mapping[str, Titles]) -> None:
        super().__init__()
        self._titles = titles

    def is_accessible(self, request: Request) -> bool:
        return acting(request).may(Permission.VIEW)

    @route("", name="trash")
    async def index(self, request: Request) -> Response:
        """The deleted rows of one collection, or of all: `?collection=`, `?q=` and `?page=`."""
        text = request.query_params.get("q", "").strip()[:MAX_TEXT]
        collection = request.query_params.get("collection", "")
        asked = {name: self._condition(name, text) for name in sorted(COLLECTIONS)}
        chosen = {collection: asked[collection]} if collection in asked else asked
        start = (pages.asked_page(request) - 1) * SIZE
        counts, found = await in_thread(_read, asked, chosen, start)
        total = sum(counts[name] for name in chosen)
        return await self._page(
            request,
            "trash/list.html",
            counts=counts,
            chosen=collection if collection in asked else "",
            searched=text,
            found=[(each, await name_of(self, request, each.row)) for each in found],
            pages=pages.pages(request, total, SIZE),
        )

    @route(ROW, name="trash-row")
    async def row(self, request: Request) -> Response:
        """One deleted row with all its values, personal numbers masked."""
        found = await in_thread(_found, **request.path_params)
        if found is None:
            raise HTTPException(404)
        return await self._page(
            request,
            "trash/row.html",
            found=found,
            name=await name_of(self, request, found.row),
            values=await self._values(request, found),
        )

    @route(f"{ROW}/restore", methods=["POST"], name="trash-restore")
    async def restore(self, request: Request) -> Response:
        """Bring a row back, and go to the list again, of the collection that it was of (`?collection=`)."""
        collection, record_id = request.path_params["collection"], request.path_params["record_id"]
        if collection not in COLLECTIONS:
            raise HTTPException(404)
        try:
            row = await in_thread(
                writing.restore, COLLECTIONS[collection], record_id, acting(request)
            )
        except NotFound:
            flash(
                request, now("这条记录已不在回收站中", "This row is not deleted any more"), "error"
            )
        except ApiError as problem:
            flash(request, now(*of_error(problem, collection)), "error")
        else:
            name = await name_of(self, request, row)
            flash(request, now(f"已恢复：{name}", f"Restored: {name}"), "success")
        back, chosen = request.url_for("console:trash"), request.query_params.get("collection")
        if chosen in COLLECTIONS:
            back = back.include_query_params(collection=chosen)
        return RedirectResponse(back, 303)

    def _condition(self, collection: str, text: str) -> Any:
        """The condition that a row is found by the text as its own pages find it."""
        return view_of(self, collection).search(text) if text else None

    async def _values(self, request: Request, found: DeletedRow) -> list[tuple[str, str]]:
        """The title and the text of each value that is set. Related rows are called by their names."""
        row, collection = found.row, found.row.collection()
        said, words = self._titles[collection].fields, words_of(self, request, collection)
        values = masked(row_values.shown(row))
        if getattr(row, "attachments_is_identity", False):
            values[PAPER_TEXT] = masked_paper_text(values[PAPER_TEXT])
        texts = {name: value_texts.text(type(row), name, value) for name, value in values.items()}
        texts |= {n: str(words[n].get(text, text)) for n, text in texts.items() if n in words}
        for name, near in getattr(row, rows.RELATED).items():
            texts[name] = "、".join([await name_of(self, request, each) for each in near])
        return [(said.get(n, n), text) for n, text in texts.items() if text and n != "is_delete"]

    async def _page(self, request: Request, template: str, **values: Any) -> Response:
        return await rendered(
            self,
            request,
            template,
            title=self.title(request),
            titles={name: said.collection for name, said in self._titles.items()},
            may_restore=lambda row: acting(request).may(writing.to_restore(type(row))),
            moment=times.shown,
            **values,
        )


def _read(asked: Asked, chosen: Asked, start: int) -> tuple[dict[str, int], Sequence[DeletedRow]]:
    return trash.counts(asked), trash.page(chosen, start, SIZE)


def _found(collection: str, record_id: str) -> DeletedRow | None:
    found = trash.find(collection, record_id)
    if found is not None:
        rows.attach_related(type(found.row), [found.row])
    return found
