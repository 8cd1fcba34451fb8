"""Operators and their sessions, for admins: who may log in, as what, and who is logged in now."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin.flash import flash
from starlette_admin.routing import route
from starlette_admin.views import CustomView

from bai_wx.console import times
from bai_wx.console.accounts import changes, passwords, sessions
from bai_wx.console.accounts.agents import name_of
from bai_wx.console.accounts.errors import AccountProblem, UnknownOperator
from bai_wx.console.accounts.operators import Operator
from bai_wx.console.acting import Acting
from bai_wx.console.guard import acting
from bai_wx.console.role_names import ROLE_NAMES
from bai_wx.console.roles import Permission, Role
from bai_wx.console.threads import in_thread
from bai_wx.console.views.rendered import rendered
from bai_wx.console.words import both, now

ROLES: Final[Mapping[Role, tuple[str, str]]] = {
    Role.VIEWER: (
        ROLE_NAMES[Role.VIEWER],
        both("只能查看，手机号等已隐藏", "sees everything, numbers masked"),
    ),
    Role.EDITOR: (
        ROLE_NAMES[Role.EDITOR],
        both("可以维护商品、文档与订单", "changes products, documents and orders"),
    ),
    Role.ADMIN: (
        ROLE_NAMES[Role.ADMIN],
        both(
            "另可停用客户、管理操作员与查看日志",
            "also disables customers, keeps operators, reads the log",
        ),
    ),
}
"""What each role is called and what it may do."""


class Operators(CustomView):
    """The pages at `/console/operators`, for admins."""

    menu_label = both("操作员", "Operators")
    icon = "fa fa-user-shield"
    path = "/operators"

    def is_accessible(self, request: Request) -> bool:
        return acting(request).may(Permission.ADMINISTER)

    def is_active(self, request: Request) -> bool:
        return bool(request.scope["path"].startswith(request.scope["root_path"] + self.path))

    @route("", name="operators")
    async def index(self, request: Request) -> Response:
        return await self._list(request)

    @route("/one", name="operator")
    async def one(self, request: Request) -> Response:
        """One operator, named by `id` in the query."""
        return await self._one(request, request.query_params.get("id", ""))

    @route("/create", methods=["POST"], name="operator-create")
    async def create(self, request: Request) -> Response:
        """Make an operator with a made password, which this answer alone shows."""
        form, password = await request.form(), passwords.made()
        name, role = str(form.get("name") or ""), str(form.get("role") or "")
        try:
            made = await in_thread(changes.create, name, password, _role(role), acting(request))
        except AccountProblem as problem:
            return await self._list(request, problem, name, role)
        return await self._one(request, made.id, password)

    @route("/role", methods=["POST"], name="operator-role")
    async def change_role(self, request: Request) -> Response:
        role = _role(str((await request.form()).get("role") or ""))
        said = now(
            "角色已修改，该操作员的会话已结束",
            "The role is changed, the operator's sessions ended.",
        )
        return await self._changed(request, said, lambda i, who: changes.set_role(i, role, who))

    @route("/disable", methods=["POST"], name="operator-disable")
    async def disable(self, request: Request) -> Response:
        said = now("已停用，会话已结束", "The operator is disabled, its sessions ended.")
        return await self._changed(request, said, changes.disable)

    @route("/enable", methods=["POST"], name="operator-enable")
    async def enable(self, request: Request) -> Response:
        return await self._changed(
            request, now("已启用", "The operator is enabled."), changes.enable
        )

    @route("/totp", methods=["POST"], name="operator-totp")
    async def switch_off_totp(self, request: Request) -> Response:
        said = now("两步验证已关闭", "Two-step login is off.")
        return await self._changed(request, said, changes.switch_off_totp)

    @route("/password", methods=["POST"], name="operator-password")
    async def renew_password(self, request: Request) -> Response:
        """Give an operator a made password, which this answer alone shows."""
        operator_id, password = str((await request.form()).get("id") or ""), passwords.made()
        who = acting(request)
        try:
            await in_thread(changes.set_password, operator_id, password, who)
        except UnknownOperator as problem:
            return self._told(request, problem, "")
        return await self._one(request, operator_id, password)

    @route("/session", methods=["POST"], name="operator-session")
    async def end_session(self, request: Request) -> Response:
        """End somebody's session."""
        session_id = str((await request.form()).get("session") or "")
        await in_thread(changes.end_session, session_id, acting(request))
        flash(request, now("会话已结束", "The session has ended."), "success")
        return RedirectResponse(request.url_for("console:operators").path, 303)

    async def _changed(
        self, request: Request, said: str, change: Callable[[str, Acting], Operator]
    ) -> Response:
        """Do this to the operator that the form names, and show its page again."""
        operator_id = str((await request.form()).get("id") or "")
        try:
            await in_thread(change, operator_id, acting(request))
        except UnknownOperator as problem:
            return self._told(request, problem, "")
        except AccountProblem as problem:
            return self._told(request, problem, operator_id)
        flash(request, said, "success")
        return RedirectResponse(_address(request, operator_id), 303)

    def _told(self, request: Request, problem: AccountProblem, operator_id: str) -> Response:
        flash(request, now(problem.chinese, problem.english), "error")
        return RedirectResponse(_address(request, operator_id), 303)

    async def _list(
        self,
        request: Request,
        problem: AccountProblem | None = None,
        name: str = "",
        role: str = Role.EDITOR,
    ) -> Response:
        operators, open_now = await in_thread(_read)
        return await self._page(
            request,
            "operators/list.html",
            422 if problem else 200,
            operators=operators,
            sessions=open_now,
            counts=Counter(each.operator_id for each in open_now),
            problem=now(problem.chinese, problem.english) if problem else "",
            name=name,
            role=role,
        )

    async def _one(self, request: Request, operator_id: str, password: str = "") -> Response:
        """The page of one operator; of none it is the list. `password` is one that was made just now."""
        try:
            operator, own = await in_thread(_read_one, operator_id)
        except UnknownOperator as problem:
            return self._told(request, problem, "")
        template = "operators/one.html"
        return await self._page(
            request, template, operator=operator, sessions=own, password=password
        )

    async def _page(
        self, request: Request, template: str, status: int = 200, **values: Any
    ) -> Response:
        said = {
            "title": self.title(request),
            "roles": ROLES,
            "moment": times.shown,
            "browser": name_of,
        }
        present = acting(request)
        return await rendered(self, request, template, status, present=present, **said, **values)


def _read() -> tuple[list[Operator], list[sessions.OpenSession]]:
    return Operator.listed(), sessions.open_sessions()


def _read_one(operator_id: str) -> tuple[Operator, list[sessions.OpenSession]]:
    return Operator.find(operator_id), sessions.open_sessions(operator_id)


def _role(asked: str) -> Role:
    """The role of a form; the least one where it names none."""
    return Role(asked) if asked in list(Role) else Role.VIEWER


def _address(request: Request, operator_id: str) -> str:
    if not operator_id:
        return request.url_for("console:operators").path
    return f"{request.url_for('console:operator').path}?id={operator_id}"
