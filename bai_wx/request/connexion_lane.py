"""All contact with Connexion (3.3.0, pinned): it loads the bundle, resolves operations, serves the rest.

At start Connexion builds its operations from the bundled contract and resolves each `operationId` to its
function in `handlers/`. Each is compiled (`Operation`), and Connexion is given, under the same id, a
function that is closed over its own operation. Per request Connexion serves what is not compiled (uploads,
files, the contract document): its router chooses the operation, `ContractMiddleware` receives the body for
it, and its FlaskApp calls the function, which runs the operation's own checks.

What of Connexion is replaced, and why:
- its check of the document, which knows OpenAPI 3.0 alone (`openapi-spec-validator` did 3.1 before);
- its security and validation middlewares (Draft 4, a validator built per request): the operation's checks
  run in their place, so that both lanes refuse the same requests in the same words;
- what its router says of a path or method it does not know: our routes know PocketBase's words for it.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from functools import partial
from http import HTTPStatus
from typing import Any

import connexion
import flask
from connexion.exceptions import ResolverError
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.middleware.abstract import ROUTING_CONTEXT
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
from bai_wx.contract.files import ContractError
from bai_wx.contract.schemas import Schemas
from bai_wx.contract.spec import Arguments, Spec
from bai_wx.database.connection import request_connection
from bai_wx.errors import NotFound, ServiceUnavailable
from bai_wx.files.store import FileReply, examined
from bai_wx.request import render
from bai_wx.request.arrival import ClientGone
from bai_wx.request.asgi import App, Message, Receive, Scope, Send
from bai_wx.request.batch import InnerRequests
from bai_wx.request.bodies import native_body
from bai_wx.request.conditional import Content, Part, is_known, wanted_part
from bai_wx.request.edge import Edge
from bai_wx.request.error_mapping import as_api_error
from bai_wx.request.execution import run_waiting
from bai_wx.request.incoming import Incoming
from bai_wx.request.observation import observation_of
from bai_wx.request.operation import Operation
from bai_wx.request.pools import Places
from bai_wx.request.render import JSON_TYPE, Headers, Reply
from bai_wx.request.streaming import HELD, LOCAL_PIECE, REMOTE_PIECE, FilePart

REPLACED_HEADERS = frozenset({b"content-length", b"transfer-encoding", b"upgrade"})
METHODS = ("get", "put", "post", "patch", "delete")
INCOMING = "bai_wx.incoming"
NOT_KEPT = "private, no-store"
UPLOADS, UPLOADS_PATIENCE_S = 4, 10  # downloads share ten threads with them and with thumbnails


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


class ContractRouting(RoutingMiddleware):  # type: ignore[misc]  # Connexion is not typed
    """Connexion's router; what it finds no operation for is refused in the words of the path."""

    def __init__(self, app: App, *, edge: Edge) -> None:
        super().__init__(app)
        self._edge = edge

    def add_api(self, specification: Specification, **options: Any) -> None:
        """Route to the operations of the specification. No path is redirected to one with a slash more."""
        super().add_api(specification, **options)
        for router in (self.router, *(mounted.app for mounted in self.router.routes)):
            router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except HTTPException:  # 404 or 405: only routers raise it here
            await self._edge.answer_without_operation(scope, receive)


class ContractMiddleware:
    """Receives the request of the operation that Connexion's router chose."""

    def __init__(self, app: App, *, edge: Edge, operations: Mapping[str, Operation]) -> None:
        self._app, self._edge, self._operations = app, edge, operations
        self._uploads = Places(UPLOADS, UPLOADS_PATIENCE_S)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        chosen = scope["extensions"][ROUTING_CONTEXT]["operation_id"]
        if chosen is None:
            raise HTTPException(NotFound.status)
        operation = self._operations[chosen]
        seen = observation_of(scope)
        headers = dict(scope["headers"])
        incoming = Incoming(scope["path_params"], scope["query_string"], headers, seen=seen)
        try:
            reply = await self._edge.admit(operation, incoming, scope, receive)
            if reply is None:
                scope[INCOMING] = incoming
                scope["headers"] = _for_wsgi(scope["headers"], incoming.body)
                reply = await self._served(operation, scope, send)
            if incoming.problem is not None or seen.is_uncounted:
                await self._edge.note_outcome(incoming, scope)
            scope[HELD].reply = reply
        except ClientGone:
            return  # nobody waits for an answer
        finally:
            self._edge.forget(incoming)

    async def _served(self, operation: Operation, scope: Scope, send: Send) -> Reply | None:
        """Let Flask call the operation. Returns: the answer that refuses an upload too many."""
        incoming: Incoming = scope[INCOMING]
        has_files = operation.takes_upload(incoming.headers)
        place = self._uploads.one() if has_files else nullcontext()
        try:
            async with place:
                await self._app(scope, _replay(incoming.body or b""), send)
        except ServiceUnavailable as busy:
            return operation.render(busy, incoming)
        return None


def build_app(
    bundle: dict[str, Any],
    collaborators: Mapping[str, Any],
    *,
    check_responses: bool,
    **options: Any,
) -> App:
    """Build the ASGI application of a bundled contract.

    `collaborators` are the values handlers may ask for by name, `options` those of `Edge`.
    Raises ContractError naming an operation without a function.
    """
    schemas = Schemas(bundle, check_responses=check_responses)
    inner = InnerRequests(collaborators["files"])
    collaborators = {**collaborators, "inner": inner}
    specification = ContractSpecification(bundle)
    try:
        operations = {
            name: Operation(spec, schemas, collaborators) for name, spec in _resolved(specification)
        }
    except ResolverError as exc:
        raise ContractError(f"an operation of the contract has no function: {exc}") from exc
    inner.offer(operations.values())
    functions = {name: _function(operation) for name, operation in operations.items()}
    shared = {name: collaborators[name] for name in ("tokens", "wechat")}
    edge = Edge(operations.values(), **shared, **options)
    app = connexion.FlaskApp(
        "bai_wx",
        middlewares=[
            edge.ahead_of,
            ExceptionMiddleware,
            partial(ContractRouting, edge=edge),
            partial(ContractMiddleware, edge=edge, operations=operations),
            LifespanMiddleware,
            ContextMiddleware,
        ],
        resolver=Resolver(functions.__getitem__),
    )
    app.add_error_handler(Exception, _render_exception)
    stack = app.middleware
    stack.apis.append(API(specification, base_path=None, name=None, **stack.options.__dict__))
    stack.app, stack.middleware_stack = stack._build_middleware_stack()
    return app  # type: ignore[no-any-return]  # Connexion is not typed


def _resolved(specification: Specification) -> Iterator[tuple[str, Spec]]:
    """Let Connexion build every operation of the contract and resolve its function in `handlers/`.

    Yields: the id by which its router names an operation, `handlers.<module>.<operationId>`, and the operation.
    """
    resolver = Resolver()
    for path, item in specification["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            operation = specification.operation_cls.from_spec(
                specification, path=path, method=method, resolver=resolver
            )
            definition = item[method]
            yield (
                operation.operation_id,
                Spec(
                    id=definition["operationId"],
                    method=method.upper(),
                    path=path,
                    definition={
                        **definition,
                        "parameters": operation.parameters,
                        "security": operation.security or [],
                    },
                    function=operation.function,
                ),
            )


def _function(operation: Operation) -> Callable[..., flask.Response]:
    """The function that Connexion is given for an operation, closed over it. It answers every error."""
    answer = _response_writer(operation)

    def serve(**_path: str) -> flask.Response:
        scope = connexion.context.scope
        incoming: Incoming = scope[INCOMING]
        with request_connection:
            try:
                return answer(operation, incoming, scope)
            except Exception as problem:  # the edge: nothing may leave without an answer
                return _error_response(operation.render(problem, incoming))

    # Path parameters come whatever the signature says; an empty one keeps Connexion from the body.
    serve.__signature__ = inspect.Signature()  # type: ignore[attr-defined]  # a function may have one
    return serve


def _response_writer(
    operation: Operation,
) -> Callable[[Operation, Incoming, Scope], flask.Response]:
    """What answers an operation in Flask."""
    if operation.spec.answers_files:
        return _content_response
    if operation.is_batch:
        return _batch_response
    return _upload_response if operation.spec.is_upload else _json_response


def _json_response(operation: Operation, incoming: Incoming, _: Scope) -> flask.Response:
    return _flask_response(run_waiting(operation, incoming))


def _upload_response(operation: Operation, incoming: Incoming, _: Scope) -> flask.Response:
    arguments = operation.check(incoming)
    request_connection.pause()  # a form and the picture in it take their time
    _read_form(incoming, operation.spec.upload_field, arguments)
    with dialect.uploads.file_removed_on_failure(arguments["upload"], arguments["files"]):
        return _flask_response(operation.answer(arguments, incoming))


def _batch_response(operation: Operation, incoming: Incoming, _: Scope) -> flask.Response:
    arguments = operation.check(incoming)
    inner: InnerRequests = arguments["inner"]
    with inner.files_stored(arguments["body"], arguments["uploads"], arguments["user"]):
        return _flask_response(operation.answer(arguments, incoming))


def _content_response(operation: Operation, incoming: Incoming, scope: Scope) -> flask.Response:
    """Answer a file or a document with validators."""
    content: FileReply | bytes = operation.spec.function(**operation.check(incoming))
    if isinstance(content, bytes):
        return _document_response(content, incoming.headers)
    return _file_response(content, incoming.headers, scope)


def _read_form(incoming: Incoming, field: str, arguments: Arguments) -> None:
    """Read a multipart form, and look into its file; other bodies are read as the dialect reads them."""
    arguments["upload"] = None
    if flask.request.mimetype != "multipart/form-data" or not incoming.body:
        arguments["body"] = native_body(incoming)
        return
    content_type = incoming.headers[b"content-type"].decode("latin-1")
    parts = dialect.multipart.parts(content_type, incoming.body)
    texts = [dialect.multipart.text_of(part) for part in parts if not part.is_file]
    arguments["body"] = dialect.body.form([*dialect.query.pairs(incoming.query_string), *texts])
    upload = dialect.uploads.chosen(parts, field)
    if upload is not None:
        arguments["upload"] = upload if arguments.get("user") is None else examined(upload)


def _document_response(document: bytes, headers: Mapping[bytes, bytes]) -> flask.Response:
    response = flask.Response(document, mimetype="application/json")
    response.add_etag()
    etag = response.headers["ETag"].encode()
    if is_known(headers, Content(etag, len(document))):
        response.status_code = HTTPStatus.NOT_MODIFIED
    return response


def _file_response(
    value: FileReply, headers: Mapping[bytes, bytes], scope: Scope
) -> flask.Response:
    """Answer a file with validators. Its first piece alone passes through Flask."""
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
        "Cache-Control": f"private, max-age={value.max_age_s}" if value.max_age_s else NOT_KEPT,
        "Content-Security-Policy": (
            "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
        ),
    }


def _flask_response(reply: Reply) -> flask.Response:
    response = flask.Response(reply.body, reply.status, mimetype="application/json")
    response.headers.extend((k.decode(), v.decode()) for k, v in reply.headers)
    return response


def _error_response(reply: Reply) -> flask.Response:
    """What an error says of itself in headers comes before the content type."""
    headers = [(k.decode(), v.decode()) for k, v in (*reply.headers, JSON_TYPE)]
    return flask.Response(reply.body, reply.status, headers)


def _render_exception(request: ConnexionRequest, problem: Exception) -> ConnexionResponse:
    """Answer a defect of this lane, or what Flask refuses, in the shape of the path."""
    shown = as_api_error(problem, "Connexion's stack")
    reply = render.error(family_of_unknown(request.scope["path"]), shown)
    return ConnexionResponse(
        status_code=reply.status,
        mimetype="application/json",
        content_type="application/json",
        headers={k.decode(): v.decode() for k, v in reply.headers},
        body=reply.body,
    )


def _for_wsgi(headers: Headers, body: bytes | None) -> Headers:
    """The headers of a body that came in chunks, or not: WSGI knows only bodies of a known length.

    An offer to upgrade is ignored here as everywhere: Flask would look for the function of a WebSocket.
    """
    kept = [h for h in headers if h[0] not in REPLACED_HEADERS]
    return [*kept, (b"content-length", b"%d" % len(body))] if body else kept


def _replay(body: bytes) -> Receive:
    """Hand a body that was read to the stack behind."""
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        return next(messages, {"type": "http.disconnect"})

    return receive
