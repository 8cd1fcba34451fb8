"""The same handlers under Connexion's FlaskApp as it comes: its middlewares, validators and Flask.

Three things are ours, because without them it would not run at all: the 3.1 document is taken without
Connexion's 3.0 check, a wrapper hands native handlers the raw query they ask for, and its JSON learns
what an `orjson.Fragment` is. Routing, security, validation, parameters, JSON and Flask are Connexion's.
"""

import inspect
from typing import Any

import connexion
import flask
import orjson
from connexion.frameworks.flask import FlaskJSONProvider
from connexion.middleware.main import API
from connexion.resolver import Resolver

from models.base import Caller
from models.database import connect
from server.app import load_contract
from server.connexion_lane import ContractSpecification
from server.settings import Settings
from server.tokens import Tokens

_tokens: list[Tokens] = []


def bearer_info(token: str) -> dict[str, Any] | None:
    """Connexion's security hook: the user behind a bearer token."""
    caller = _tokens[0].caller(token)
    return {"sub": caller} if caller else None


class _Handlers(Resolver):
    """Resolves handlers, giving those that ask for it the raw query."""

    def resolve_function_from_operation_id(self, operation_id: str) -> Any:
        function = super().resolve_function_from_operation_id(operation_id)
        wanted = inspect.signature(function).parameters

        def serve(user: Caller | None = None, **arguments: Any) -> Any:
            if "query" in wanted:
                arguments["query"] = flask.request.args.to_dict()
            if "user" in wanted:
                arguments["user"] = user
            given = {k: v for k, v in arguments.items() if k in wanted}
            return function(**given)

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
    _tokens.append(Tokens(settings.secret))
    bundle = load_contract(settings.home)
    bundle["components"]["securitySchemes"]["BearerAuth"]["x-bearerInfoFunc"] = (
        "bench.stock.bearer_info"
    )
    app = connexion.FlaskApp("stock", resolver=_Handlers(), pythonic_params=True)
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
