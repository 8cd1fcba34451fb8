"""All contact with Connexion (3.3.0, pinned): it loads the bundle, resolves operations, serves the rest.

At start Connexion builds its operations from the bundled contract and resolves each `operationId` to its
function in `handlers/`; `EdgeMiddleware` compiles those. Per request it serves only what is not compiled
(uploads, files, the contract document): its router finds the operation, `ContractMiddleware` runs the
operation's own checks, and its FlaskApp calls the function.

What of Connexion is replaced, and why:
- its check of the document, which knows OpenAPI 3.0 alone (`openapi-spec-validator` did 3.1 before);
- its security and validation middlewares (Draft 4, a validator built per request): the compiled
  operation's checks run in their place, so that both lanes refuse the same requests in the same words.
"""

import asyncio
import inspect
from collections.abc import Iterator, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

import connexion
import flask
from connexion.exceptions import ResolverError
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.middleware.abstract import SpecMiddleware
from connexion.middleware.context import ContextMiddleware
from connexion.middleware.exceptions import ExceptionMiddleware
from connexion.middleware.lifespan import LifespanMiddleware
from connexion.middleware.main import API
from connexion.middleware.routing import RoutingMiddleware
from connexion.resolver import Resolver
from connexion.spec import OpenAPISpecification, Specification
from starlette.exceptions import HTTPException
from werkzeug.http import http_date

from bai_wx import dialect
from bai_wx.contract.family import family_of_unknown
from bai_wx.contract.loader import ContractError
from bai_wx.contract.schemas import Schemas
from bai_wx.contract.spec import Arguments, Spec
from bai_wx.database.connection import is_embedded, release, started
from bai_wx.errors import BadQuery, NotFound, PayloadTooLarge
from bai_wx.files.store import UNREADABLE_NAME, FileReply, Upload, examined
from bai_wx.request import render
from bai_wx.request.asgi import App, Receive, Scope, Send
from bai_wx.request.bodies import native_body
from bai_wx.request.conditional import Content, Part, is_known, wanted_part
from bai_wx.request.edge import INCOMING, OPERATION, Edge
from bai_wx.request.incoming import Incoming
from bai_wx.request.operation import Operation, as_api_error
from bai_wx.request.streaming import HELD, LOCAL_PIECE, REMOTE_PIECE, FilePart

METHODS = ("get", "put", "post", "patch", "delete")
PREPARED = "bai_wx.prepared"


class ContractSpecification(OpenAPISpecification):  # type: ignore[misc]  # Connexion is not typed
    """A 3.1 document that our loader has bundled and validated, taken as it is.

    Connexion would check it by OpenAPI 3.0 and copy every schema into every place that refers to it;
    both serve validators that are not used here, and the second never ends on a recursive schema.
    """

    def __init__(self, bundle: dict[str, Any]) -> None:
        self._raw_spec = self._spec = bundle
        self._base_uri = ""

    def clone(self) -> "ContractSpecification":
        """Nobody changes the document, so one serves all."""
        return self


class EdgeMiddleware(SpecMiddleware):  # type: ignore[misc]  # Connexion is not typed
    """The edge, placed ahead of the stock stack, fed with the operations Connexion resolved."""

    def __init__(
        self,
        app: App,
        *,
        schemas: Schemas,
        collaborators: Mapping[str, Any],
        **edge: Any,
    ) -> None:
        asked = {name: collaborators[name] for name in ("tokens", "wechat")}
        self._edge = Edge(app, **asked, **edge)
        self._schemas, self._collaborators = schemas, collaborators

    def add_api(self, specification: Specification, *, resolver: Resolver, **_: Any) -> None:
        """Compile every operation Connexion resolves from the specification."""
        self._edge.use(
            [
                Operation(spec, self._schemas, self._collaborators)
                for spec in _resolved(specification, resolver)
            ]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._edge(scope, receive, send)


class ContractMiddleware:
    """Runs the operation's own checks where Connexion's security and validation would stand."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if OPERATION in scope:
            scope[PREPARED] = await self._prepared(scope[OPERATION], scope[INCOMING])
        await self._app(scope, receive, send)

    async def _prepared(self, operation: Operation, incoming: Incoming) -> Arguments:
        if is_embedded():
            return operation.prepare(incoming)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, operation.prepare, incoming)


class HandlerResolver(Resolver):  # type: ignore[misc]  # Connexion is not typed
    """Resolves each `operationId` to its function in `handlers/`, wrapped for Flask."""

    def resolve_function_from_operation_id(self, operation_id: str) -> Any:
        """Find `handlers.<module>.<operationId>`. Raises ResolverError when there is none."""
        handler = super().resolve_function_from_operation_id(operation_id)

        def serve(**_path: str) -> flask.Response:
            return _serve(connexion.context.scope)

        # Path parameters come whatever the signature says; an empty one keeps Connexion from the body.
        serve.__signature__ = inspect.Signature()  # type: ignore[attr-defined]
        serve.handler = handler  # type: ignore[attr-defined]
        return serve


def build_app(
    bundle: dict[str, Any], collaborators: Mapping[str, Any], *, check_responses: bool, **edge: Any
) -> App:
    """Build the ASGI application of a bundled contract.

    `collaborators` are the values handlers may ask for by name, `edge` the options of `edge.Edge`.
    Raises ContractError naming an operation without a function.
    """
    schemas = Schemas(bundle, check_responses=check_responses)
    front = partial(EdgeMiddleware, schemas=schemas, collaborators=collaborators, **edge)
    app = connexion.FlaskApp(
        "bai_wx",
        middlewares=[
            front,
            ExceptionMiddleware,
            RoutingMiddleware,
            ContractMiddleware,
            LifespanMiddleware,
            ContextMiddleware,
        ],
        resolver=HandlerResolver(),
    )
    app.add_error_handler(Exception, _render_exception)
    app.add_error_handler(HTTPException, _render_exception)
    stack = app.middleware
    stack.apis.append(
        API(ContractSpecification(bundle), base_path=None, name=None, **stack.options.__dict__)
    )
    try:
        stack.app, stack.middleware_stack = stack._build_middleware_stack()
    except ResolverError as exc:
        raise ContractError(f"an operation of the contract has no function: {exc}") from exc
    return app  # type: ignore[no-any-return]


def _resolved(specification: Specification, resolver: Resolver) -> Iterator[Spec]:
    """Let Connexion build and resolve every operation of the contract."""
    for path, item in specification["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            operation = specification.operation_cls.from_spec(
                specification, path=path, method=method, resolver=resolver
            )
            definition = item[method]
            yield Spec(
                id=definition["operationId"],
                method=method.upper(),
                path=path,
                definition={
                    **definition,
                    "parameters": operation.parameters,
                    "security": operation.security or [],
                },
                function=operation.function.handler,
            )


def _serve(scope: Scope) -> flask.Response:
    """Call the operation whose checks have passed and answer through Flask."""
    started()
    try:
        return _served(scope)
    finally:
        release()


def _served(scope: Scope) -> flask.Response:
    operation: Operation = scope[OPERATION]
    arguments: Arguments = scope[PREPARED]
    if operation.spec.is_upload:
        _read_form(scope, operation.spec.upload_field, arguments)
    if operation.spec.answers_files:
        return _file_response(operation.spec.function(**arguments), scope)
    incoming: Incoming = scope[INCOMING]
    if operation.spec.is_upload:
        with dialect.uploads.taken_back(arguments["upload"], arguments["files"]):
            reply = operation.invoke(arguments, incoming)
    else:
        reply = operation.invoke(arguments, incoming)
    return _flask_response(operation.checked(reply, incoming))


def _read_form(scope: Scope, field: str, arguments: Arguments) -> None:
    """Read a multipart form, and look into its file; other bodies are read as the dialect reads them."""
    arguments["upload"] = None
    incoming: Incoming = scope[INCOMING]
    if flask.request.mimetype != "multipart/form-data" or not incoming.body:
        arguments["body"] = native_body(incoming)
        return
    content_type = incoming.headers[b"content-type"].decode("latin-1")
    parts = dialect.multipart.parts(content_type, incoming.body)
    texts = [dialect.multipart.text_of(part) for part in parts if not part.is_file]
    arguments["body"] = dialect.body.form([*dialect.query.pairs(incoming.query_string), *texts])
    # Appended or prepended it takes the place of the one there is; of several the last one counts.
    names = (field, f"{field}+", f"+{field}")
    files = sorted(
        (p for p in parts if p.is_file and p.name in names), key=lambda p: names.index(p.name)
    )
    if files:
        file = files[-1]
        problem = UNREADABLE_NAME if file.filename is None else None
        upload = Upload(field, file.filename or "", file.content_type, file.content, problem)
        arguments["upload"] = upload if arguments.get("user") is None else examined(upload)


def _file_response(value: FileReply | bytes, scope: Scope) -> flask.Response:
    """Answer content with validators. Of a file the first piece alone passes through Flask."""
    headers = scope[INCOMING].headers
    if isinstance(value, bytes):
        response = flask.Response(value, mimetype="application/json")
        response.add_etag()
        etag = response.headers["ETag"].encode()
        if is_known(headers, Content(etag, len(value))):
            response.status_code = HTTPStatus.NOT_MODIFIED
        return response
    content = Content(f'"{value.etag}"'.encode(), value.size, value.mtime)
    response = flask.Response(mimetype=value.content_type)
    response.headers.update(_file_headers(value))
    if is_known(headers, content):
        response.status_code = HTTPStatus.NOT_MODIFIED
        return response
    asked = wanted_part(headers, content) if scope["method"] == "GET" else None
    if asked is not None:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        last = asked.offset + asked.length - 1
        response.headers["Content-Range"] = f"bytes {asked.offset}-{last}/{value.size}"
    part = asked or Part(0, value.size)
    if scope["method"] != "HEAD":
        piece = REMOTE_PIECE if value.is_remote else LOCAL_PIECE
        rest = FilePart(value.open, part.offset, part.length, piece)
        response.set_data(rest.read())  # what cannot be had must be known before the answer begins
        scope[HELD].rest = rest
    response.content_length = part.length
    return response


def _file_headers(value: FileReply) -> dict[str, str]:
    disposition = "inline" if value.inline else "attachment"
    return {
        # A stored name is letters, digits, `_`, `-` and `.`: nothing to quote.
        "Content-Disposition": f"{disposition}; filename={value.download_name}",
        "Accept-Ranges": "bytes",
        "ETag": f'"{value.etag}"',
        "Last-Modified": http_date(value.mtime),
        "Cache-Control": f"private, max-age={value.max_age_s}",
        "Content-Security-Policy": (
            "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
        ),
    }


def _flask_response(reply: render.Reply) -> flask.Response:
    response = flask.Response(reply.body, reply.status, mimetype="application/json")
    response.headers.extend((k.decode(), v.decode()) for k, v in reply.headers)
    return response


def _render_exception(request: ConnexionRequest, problem: Exception) -> ConnexionResponse:
    """Answer an exception of this lane as the compiled lane answers it."""
    operation: Operation | None = request.scope.get(OPERATION)
    known = _named(problem) if isinstance(problem, HTTPException) else problem
    if operation is not None:
        reply = operation.checked(operation.render_error(known))
    else:
        reply = render.error(
            family_of_unknown(request.scope["path"]), as_api_error(known, "no operation")
        )
    return ConnexionResponse(
        status_code=reply.status,
        mimetype="application/json",
        content_type="application/json",
        headers={k.decode(): v.decode() for k, v in reply.headers},
        body=reply.body,
    )


def _named(problem: HTTPException) -> Exception:
    """Name what Flask refused."""
    if problem.status_code == PayloadTooLarge.status:
        return PayloadTooLarge(str(problem))
    return NotFound() if problem.status_code == NotFound.status else BadQuery(str(problem))
