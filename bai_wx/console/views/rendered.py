"""A page made of one of our templates."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.views import BaseView


async def rendered(
    view: BaseView, request: Request, template: str, status: int = 200, **values: Any
) -> Response:
    """The page of this view; it shows what an action before it had to say."""
    admin: Any = view._admin
    page: Response = await admin.page(request, template, status, **values)
    return page
