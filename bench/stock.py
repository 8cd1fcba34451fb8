"""The same handlers under Connexion's FlaskApp as it comes: its middlewares, validators and Flask.

Three things are ours, because without them it would not run at all: the 3.1 document is taken without
Connexion's 3.0 check, a wrapper hands handlers what they ask for (who logs in: it asks WeChat, in its
thread) and puts hooks' values into the envelope, and its JSON learns what an `orjson.Fragment` is.
Routing, security, validation, parameters, JSON and Flask are Connexion's.
"""

import inspect
from typing import Any

import connexion
import flask
import orjson
from connexion.frameworks.flask import FlaskJSONProvider
from connexion.middleware.main import API
from connexion.resolver import Resolver

from bai_wx.contract.family import Family, family_of
from bai_wx.database.connection import connect, request_connection
from bai_wx.process.app import load_contract, operations_of
from bai_wx.process.settings import Settings
from bai_wx.record.base import Caller
from bai_wx.request.connexion_lane import ContractSpecification
from bai_wx.request.operation import DEFAULT_MESSAGE
from bai_wx.request.tokens import Tokens
from bai_wx.wechat.client import WeChatClient

_collaborators: dict[str, Any] = {}


def bearer_info(token: str) -> dict[str, Any] | None:
    """Connexion's security hook: the user behind a bearer token."""
    caller = _collaborators["tokens"].caller(token)
    return {"sub": caller} if caller else None


class _Handlers(Resolver):
    """Resolves handlers, giving each what it asks for. `hooks` are the hooks' operations by function."""

    def __init__(self, hooks: dict[str, dict[str, Any]]) -> None:
        super().__init__()
        self._hooks = hooks

    def resolve_function_from_operation_id(self, operation_id: str) -> Any:
        function = super().resolve_function_from_operation_id(operation_id)
        wanted = inspect.signature(function).parameters
        hook = self._hooks.get(function.__name__, {})
        message = hook.get("x-success-message", DEFAULT_MESSAGE)
        keys = hook.get("x-beside", ())

        def serve(user: Caller | None = None, **arguments: Any) -> Any:
            arguments |= {**_collaborators, "user": user}
            if "session" in wanted:
                code = flask.request.get_json()["users_wx_code"]
                arguments["session"] = _collaborators["wechat"].code_to_session(code)
            if "query" in wanted:
                arguments["query"] = flask.request.args.to_dict()
            given = {k: v for k, v in arguments.items() if k in wanted}
            with request_connection:
                value = function(**given)
            is_hook = family_of(flask.request.path) is Family.HOOK
            if not is_hook:
                return value
            beside = {name: value[name] for name in value if name in keys or keys == "*"}
            return {"statusCode": 200, "errMsg": message, "data": value, **beside}

        return serve


class _Json(FlaskJSONProvider):
    """Connexion's JSON, which meets stored JSON that our handlers pass on unparsed."""

    def default(self, o: Any) -> Any:
        return (
            orjson.loads(orjson.dumps(o)) if isinstance(o, orjson.Fragment) else super().default(o)
        )


def create_app() -> connexion.FlaskApp:
    """Build the application for uvicorn's `--factory`."""
    settings = Settings.from_environment()
    connect(settings.database)
    _collaborators["tokens"] = Tokens(settings.secret)
    _collaborators["wechat"] = WeChatClient(
        settings.wechat_appid, settings.wechat_secret, settings.wechat_api_base
    )
    bundle = load_contract(settings.home)
    hooks = {
        operation["operationId"]: operation
        for operation in operations_of(bundle)
        if "x-success-message" in operation
    }
    bundle["components"]["securitySchemes"]["BearerAuth"]["x-bearerInfoFunc"] = (
        "bench.stock.bearer_info"
    )
    app = connexion.FlaskApp("stock", resolver=_Handlers(hooks), pythonic_params=True)
    app.app.json = _Json(app.app)
    app.middleware.apis.append(
        API(
            ContractSpecification(bundle),
            base_path=None,
            name=None,
            **app.middleware.options.__dict__,
        )
    )
    return app
