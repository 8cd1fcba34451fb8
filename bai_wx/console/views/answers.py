"""How the pages' own writes answer: back to the page of the row, with a line that says what was done."""

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin.flash import flash

from bai_wx.console.guard import acting
from bai_wx.console.roles import Permission
from bai_wx.console.words import now
from bai_wx.errors import ApiError
from bai_wx.record.problem_texts import of_error


def require(request: Request, permission: Permission) -> None:
    """Let operators of this permission pass. Raises: `HTTPException` 403 for others."""
    if not acting(request).may(permission):
        raise HTTPException(403)


def told(request: Request, chinese: str, english: str) -> None:
    """Say on the next page what was done."""
    flash(request, now(chinese, english), "success")


def told_with_link(request: Request, chinese: str, english: str, url: str, text: str) -> None:
    """Say on the next page what was done, with a link behind it."""
    told(request, chinese, english)
    request.state.admin_flash_pending[-1]["link"] = {"url": url, "text": text}


def refused(request: Request, chinese: str, english: str) -> None:
    """Say on the next page what was not done, and why."""
    flash(request, now(chinese, english), "error")


def refused_by(request: Request, problem: ApiError, collection: str) -> None:
    """Say on the next page which rule refused it."""
    refused(request, *of_error(problem, collection))


def back_to_detail(request: Request, key: str) -> Response:
    """Go to the page of the row that the address names, with what else the address says."""
    url = request.url_for("console:detail", key=key)
    return RedirectResponse(f"{url}?{request.url.query}", 303)


def typed(form: FormData, name: str) -> str:
    """The text of a part of a form, `""` without one. PostgreSQL holds no NUL, and no keyboard types it."""
    return str(form.get(name) or "").replace("\0", "").strip()
