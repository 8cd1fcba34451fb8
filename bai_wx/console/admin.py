"""The library's site, with our own guards and a policy in place of its defaults.

Pinned: `_init_csrf`, `_init_auth`, `_setup_templates` and `_template_response` are below its public API.
"""

import hashlib
import hmac
import logging
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.base import BaseAdmin
from starlette_admin.i18n import I18nConfig, TimezoneConfig
from starlette_admin.views import BaseModelView, BaseView

from bai_wx.console import menu, times
from bai_wx.console.amounts import yuan
from bai_wx.console.context import Context
from bai_wx.console.guard import BoundToken, Roles, Sessions, acting
from bai_wx.console.role_names import ROLE_NAMES
from bai_wx.console.templating import StrictLoader
from bai_wx.console.theme import Theme
from bai_wx.console.views.dashboard import Dashboard
from bai_wx.console.words import both, now
from bai_wx.record import ids

PATH: Final = "/console"
HERE: Final = Path(__file__).parent
LANGUAGES: Final = ["zh", "en"]
BEIJING: Final = "Asia/Shanghai"


# It writes a line for every visitor without a session; what it refuses is told on the page.
logging.getLogger("starlette_admin").setLevel(logging.ERROR)


class Admin(BaseAdmin):
    """The site at `/console`. `context` is what its views need of the server."""

    def __init__(self, context: Context, views: Sequence[BaseView], auth: Sessions) -> None:
        self.context = context
        super().__init__(
            title=both("管理台", "Console"),
            base_url=PATH,
            route_name="console",
            templates_dir=str(HERE / "templates"),
            static_dir=str(HERE / "static"),
            theme=Theme(),
            auth_provider=auth,
            index_view=Dashboard(),
            secret_key=self._keys()[0].hex(),
            i18n_config=I18nConfig(
                default_locale="zh", language_header_name=None, language_switcher=LANGUAGES
            ),
            timezone_config=TimezoneConfig(
                default_timezone=BEIJING, timezone_cookie_name=None, use_user_locale_timezone=False
            ),
        )
        for view in views:
            self.add_view(view)

    def _keys(self) -> list[bytes]:
        """The keys of the console's tokens, made of the server's secrets: the first makes them."""
        self.context.secrets.look_again()
        accepted = (each.secret.encode() for each in self.context.secrets.accepted())
        return [hmac.digest(secret, b"console", hashlib.sha256) for secret in accepted]

    def _init_csrf(self) -> None:
        self.middlewares.append(Middleware(BoundToken, keys=self._keys, refuse=self.refusal))

    def _init_auth(self) -> None:
        super()._init_auth()
        self.middlewares.append(Middleware(Roles, refuse=self.refusal))

    def _setup_templates(self) -> None:
        super()._setup_templates()
        environment = self.templates.env
        environment.auto_reload = False
        assert environment.loader is not None
        environment.loader = StrictLoader(environment.loader)
        environment.globals.update(
            t=now,
            acting=acting,
            beijing=times.shown,
            yuan=yuan,
            new_record_id=ids.record_id,
            is_demo=self.context.is_demo,
            role_name=ROLE_NAMES.get,
            menu=partial(menu.groups, self._views),
        )

    async def _render_form_body(
        self,
        request: Request,
        view: BaseModelView,
        obj: Any,
        errors: Mapping[Any, Any] | None,
        config: dict[str, Any],
    ) -> None:
        """Show a form. One with errors shows again what was typed: what was read of it may look otherwise."""
        if errors is not None:
            form = await request.form()
            fields = (f for f in view.get_fields_list(request) if not getattr(f, "multiple", False))
            typed = {f.name: form.get(f.id) for f in fields}
            obj = {**obj, **{name: text for name, text in typed.items() if isinstance(text, str)}}
            obj |= getattr(request.state, "adopted", {})
        await super()._render_form_body(request, view, obj, errors, config)

    async def refusal(self, request: Request, status: int) -> Response:
        """The error page of this status."""
        return await self._render_error(request, HTTPException(status))

    async def page(
        self, request: Request, template: str, status: int = 200, **values: Any
    ) -> Response:
        """A page of one of our templates."""
        return self._template_response(
            request=request, name=template, context=values, status_code=status
        )
