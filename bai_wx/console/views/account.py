"""My account: an operator's own password, second factor and sessions."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin.flash import flash
from starlette_admin.routing import route
from starlette_admin.views import CustomView

from bai_wx.console import cookies, times
from bai_wx.console.accounts import changes, login, sessions, totp
from bai_wx.console.accounts.agents import name_of
from bai_wx.console.accounts.errors import AccountProblem, PasswordRefused
from bai_wx.console.accounts.operators import Operator
from bai_wx.console.acting import Acting
from bai_wx.console.entrance import device
from bai_wx.console.guard import acting
from bai_wx.console.threads import in_thread
from bai_wx.console.views.rendered import rendered
from bai_wx.console.words import both, now


class Account(CustomView):
    """The page at `/console/account`, for every operator."""

    menu_label = both("我的账号", "My account")
    path = "/account"
    add_to_menu = False

    @route("", name="account")
    async def index(self, request: Request) -> Response:
        return await self._page(request)

    @route("/password", methods=["POST"], name="account-password")
    async def change_password(self, request: Request) -> Response:
        """Change the password. All sessions end; this browser goes on in a new one."""
        form = await request.form()
        old, new, again = (str(form.get(name) or "") for name in ("old", "new", "again"))
        agent = request.headers.get("user-agent", "")
        try:
            if new != again:
                raise PasswordRefused(
                    "两次输入的新密码不一致", "The new password is written differently twice."
                )
            value = await in_thread(
                _change_password, acting(request), old, new, agent, device(request)
            )
        except AccountProblem as problem:
            return await self._page(request, "password", problem)
        flash(
            request,
            now("密码已修改，其他会话已结束", "The password is changed, other sessions ended."),
            "success",
        )
        response = self._back(request)
        cookies.put(response, cookies.SESSION, value)
        return response

    @route("/totp", methods=["POST"], name="account-totp")
    async def change_totp(self, request: Request) -> Response:
        """Switch the second factor on, by a code of its secret, or off; both by the password."""
        form = await request.form()
        secret, code, password = (str(form.get(n) or "") for n in ("secret", "code", "password"))
        who = acting(request)
        try:
            await in_thread(
                login.confirm, who.operator_id, password, who.address, device=device(request)
            )
            if secret:
                await in_thread(changes.switch_on_totp, who.operator_id, secret, code, who)
            else:
                await in_thread(changes.switch_off_totp, who.operator_id, who)
        except AccountProblem as problem:
            return await self._page(request, "totp", problem, secret)
        on = now("两步验证已开启", "Two-step login is on.")
        flash(request, on if secret else now("两步验证已关闭", "Two-step login is off."), "success")
        return self._back(request)

    @route("/session", methods=["POST"], name="account-session")
    async def end_session(self, request: Request) -> Response:
        """End one of the operator's own sessions."""
        form, who = await request.form(), acting(request)
        session_id = str(form.get("session") or "")
        owner = await in_thread(sessions.owner_of, session_id)
        if owner == who.operator_id and await in_thread(changes.end_session, session_id, who):
            flash(request, now("会话已结束", "The session has ended."), "success")
        return self._back(request)

    async def _page(
        self,
        request: Request,
        form: str = "",
        problem: AccountProblem | None = None,
        secret: str = "",
    ) -> Response:
        """The page. `problem` is shown at the form of this name; `secret` is one that was shown before."""
        who = acting(request)
        operator, own = await in_thread(_read, who)
        secret = secret if totp.is_secret(secret) else totp.new_secret()
        address = "" if operator.has_second_factor else totp.address_of(secret, operator.name)
        return await rendered(
            self,
            request,
            "account/page.html",
            422 if problem else 200,
            title=self.title(request),
            operator=operator,
            sessions=own,
            present=who.session_id,
            secret=secret,
            picture=totp.picture_of(address) if address else "",
            wrong=form,
            problem=now(problem.chinese, problem.english) if problem else "",
            moment=times.shown,
            browser=name_of,
        )

    def _back(self, request: Request) -> Response:
        return RedirectResponse(request.url_for("console:account").path, 303)


def _read(who: Acting) -> tuple[Operator, list[sessions.OpenSession]]:
    return Operator.find(who.operator_id), sessions.open_sessions(who.operator_id)


def _change_password(who: Acting, old: str, new: str, agent: str, known: str) -> str:
    """Returns: the cookie of a new session."""
    login.confirm(who.operator_id, old, who.address, device=known)
    operator = changes.set_password(who.operator_id, new, who)
    return sessions.begin(operator, who.address, agent)
