"""An operation of the contract, compiled once into one closure.

credentials → parameters → body → handler → JSON. `prepare` does the first three and raises, `invoke`
does the rest; calling the operation does all of it and answers every error. Connexion's lane runs the
same two halves on its own stack, so that both lanes mean the same.
"""

import errno
import hashlib
import inspect
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from peewee import InterfaceError, OperationalError

import records
from errors import (
    ApiError,
    BadQuery,
    InternalError,
    PayloadTooLarge,
    ServiceUnavailable,
    Unauthorized,
    UnsupportedMediaType,
    ValidationFailed,
)
from models.base import Caller
from models.database import INTERRUPTED, database
from models.idempotency import Answer, run_once
from server import render
from server.parameters import IDEMPOTENCY_KEY, Parameters, idempotency_key
from server.render import Family, Reply
from server.responses import Responses
from server.schemas import Schemas, findings
from server.tokens import Tokens, bearer

log = logging.getLogger("bai_wx.server")

MEBIBYTE = 1024 * 1024
JSON_LIMIT = 8 * MEBIBYTE
UPLOAD_LIMIT = 11 * MEBIBYTE  # a file of 10 MiB and the form around it
DEEPEST_JSON = 64  # levels of a hook's body; the contract's deepest has four
DEFAULT_MESSAGE = "操作成功"
RETRY_AFTER_S = 1
LOGGED_DETAIL = 500  # characters
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
COLLABORATORS = ("wechat", "tokens", "files", "document")

Arguments = dict[str, Any]


@dataclass(slots=True)
class Incoming:
    """A request as the edge read it. `body` is None when it was larger than the operation takes."""

    path_params: dict[str, str]
    query_string: bytes
    headers: dict[bytes, bytes]
    body: bytes | None = b""


@dataclass(frozen=True, slots=True)
class Spec:
    """What the contract and the resolved function say of one operation."""

    id: str
    method: str
    path: str
    definition: dict[str, Any]
    function: Callable[..., Any]

    @property
    def family(self) -> Family:
        """Whose manners the path has."""
        return render.family_of(self.path)

    @property
    def is_upload(self) -> bool:
        """Whether the body is a multipart form with a file."""
        return "multipart/form-data" in self._media and "application/json" not in self._media

    @property
    def upload_field(self) -> str:
        """The form field that holds the file."""
        properties = self._media["multipart/form-data"]["schema"]["properties"]
        return next(str(name) for name, p in properties.items() if p.get("format") == "binary")

    @property
    def is_json(self) -> bool:
        """Whether the operation answers JSON that our closure can write."""
        return not self.is_upload and not self.answers_files

    @property
    def answers_files(self) -> bool:
        """Whether success is bytes or a document with validators (ETag), which Flask serves."""
        content = self.definition["responses"].get("200", {}).get("content", {})
        binary = any(media != "application/json" for media in content)
        return binary or "304" in self.definition["responses"]

    @property
    def body_schema(self) -> Any:
        """The schema of the JSON body, or None."""
        return self._media.get("application/json", {}).get("schema")

    @property
    def has_body(self) -> bool:
        """Whether the contract lets the operation carry a body."""
        return "requestBody" in self.definition

    @property
    def _media(self) -> dict[str, Any]:
        return dict(self.definition.get("requestBody", {}).get("content", {}))


class Operation:
    """A compiled operation. Calling it never raises."""

    def __init__(self, spec: Spec, schemas: Schemas, collaborators: Mapping[str, Any]) -> None:
        self.spec = spec
        self.id, self.family = spec.id, spec.family
        self.wanted = frozenset(inspect.signature(spec.function).parameters)
        self.message = spec.definition.get("x-success-message", DEFAULT_MESSAGE)
        self.body_limit = UPLOAD_LIMIT if spec.is_upload else JSON_LIMIT
        self.takes_body = spec.has_body or spec.method not in ("GET", "DELETE")
        self.reads_only = spec.method == "GET" or bool(spec.definition.get("x-read-only"))
        self.waits_outside = not self.wanted.isdisjoint({"wechat", "upload"})
        self._tokens: Tokens = collaborators["tokens"]
        self._given = {name: collaborators[name] for name in COLLABORATORS if name in self.wanted}
        self._demands_user, self._reads_user = _security(spec.definition)
        self._parameters = Parameters(spec, schemas, self.wanted)
        self._body = self._body_reader(schemas)
        self._responses = Responses(spec, schemas) if schemas.check_responses else None
        self._is_idempotent = any(
            p["name"] == IDEMPOTENCY_KEY for p in spec.definition.get("parameters", ())
        )

    def __call__(self, incoming: Incoming) -> Reply:
        """Answer a request, whatever happens."""
        try:
            reply = self.invoke(self.prepare(incoming), incoming)
        except Exception as problem:  # the edge: nothing may leave without an answer
            reply = self.render_error(problem)
        return self.checked(reply)

    def prepare(self, incoming: Incoming) -> Arguments:
        """Check credentials, parameters and body. Returns the handler's keyword arguments."""
        arguments = dict(self._given)
        user = self._user(incoming) if self._reads_user else None
        if "user" in self.wanted:
            arguments["user"] = user
        self._parameters.read(incoming, arguments)
        if self._body is not None:
            body = self._body(incoming)
            if "body" in self.wanted:
                arguments["body"] = body
        return arguments

    def invoke(self, arguments: Arguments, incoming: Incoming) -> Reply:
        """Call the handler, once for all requests that carry the same Idempotency-Key."""
        key = idempotency_key(incoming.headers) if self._is_idempotent else None
        user = arguments.get("user")
        if key is None or user is None:
            return self._written(self.spec.function(**arguments))
        fingerprint = _fingerprint(self.id, arguments, incoming.body or b"")
        return self._once(user, key, fingerprint, arguments)

    def render_error(self, problem: Exception) -> Reply:
        """Write any exception as this operation's family answers it; defects go to the log."""
        return render.error(self.family, as_api_error(problem, self.id))

    def checked(self, reply: Reply) -> Reply:
        """Return the reply if the contract allows it, else a 500 (in tests; production trusts it)."""
        mismatch = self._responses.mismatch(reply) if self._responses else ""
        if not mismatch:
            return reply
        log.error("%s answered %s against the contract: %s", self.id, reply.status, mismatch)
        return render.error(self.family, InternalError(mismatch))

    def _user(self, incoming: Incoming) -> Caller | None:
        token = bearer(incoming.headers.get(b"authorization"))
        caller = self._tokens.caller(token) if token else None
        if caller is None and self._demands_user:
            raise Unauthorized
        return caller

    def _written(self, result: Any) -> Reply:
        value, status = result if isinstance(result, tuple) else (result, 200)
        return render.success(self.family, value, status, self.message)

    def _once(self, user: Caller, key: str, fingerprint: str, arguments: Arguments) -> Reply:
        answer = run_once(user.id, self.id, key, fingerprint, lambda: self._answer(arguments))
        return Reply(answer.status, answer.body)

    def _answer(self, arguments: Arguments) -> Answer:
        try:
            with database.atomic():
                reply = self._written(self.spec.function(**arguments))
        except ApiError as problem:
            reply = self.render_error(problem)
        return Answer(reply.status, reply.body)

    def _body_reader(self, schemas: Schemas) -> Callable[[Incoming], Any] | None:
        if self.spec.is_upload:
            return _form_within_limit  # Flask parses it; see server/connexion_lane.py
        if self.spec.path.startswith(render.RECORDS_PREFIX):
            return native_body
        if self.family is Family.NATIVE:
            return None
        return _hook_body_reader(self.spec, schemas) if self.takes_body else None


def as_api_error(problem: Exception, operation_id: str) -> ApiError:
    """Name an exception as the caller may see it. What is a defect of ours is logged with its trace."""
    if isinstance(problem, ApiError):
        if problem.status >= 500 or problem.detail:
            # Written as ASCII: what a client sent must not begin a line of its own in the log.
            log.info("%s: %s %s", operation_id, problem.code, ascii(problem.detail)[:LOGGED_DETAIL])
        return problem
    if isinstance(problem, OperationalError) and str(problem) == INTERRUPTED:
        return BadQuery("the statement was stopped: it ran too long")
    if isinstance(problem, OSError) and problem.errno in NO_ROOM:
        log.error("%s: no room to write", operation_id, exc_info=problem)
        return ServiceUnavailable(str(problem), retry_after_s=RETRY_AFTER_S)
    if isinstance(problem, (OperationalError, InterfaceError)):
        log.error("%s: the database failed", operation_id, exc_info=problem)
        return ServiceUnavailable(str(problem), retry_after_s=RETRY_AFTER_S)
    log.error("%s failed", operation_id, exc_info=problem)
    return InternalError(repr(problem))


def _security(definition: dict[str, Any]) -> tuple[bool, bool]:
    """Read whether a token is demanded, and whether one is read at all."""
    requirements = definition.get("security", [])
    return bool(requirements) and {} not in requirements, bool(requirements)


def _form_within_limit(incoming: Incoming) -> None:
    if incoming.body is None:
        raise PayloadTooLarge


def native_body(incoming: Incoming) -> dict[str, Any]:
    """Parse as PocketBase does, on every method; the dialect decides what its values mean."""
    if incoming.body is None:
        raise PayloadTooLarge
    if not incoming.body:
        return {}
    content_type = incoming.headers.get(b"content-type", b"").decode("latin-1")
    query = records.query.parse(incoming.query_string)
    return records.body.parse(content_type, incoming.body, query)


def _hook_body_reader(spec: Spec, schemas: Schemas) -> Callable[[Incoming], Any]:
    schema = spec.body_schema
    validator = schemas.validator(schema if schema is not None else {"maxProperties": 0})

    def read(incoming: Incoming) -> Any:
        body = _hook_json(incoming)
        if not validator.is_valid(body):
            raise ValidationFailed(findings(validator, body))
        return body

    return read


def _hook_json(incoming: Incoming) -> Any:
    raw = incoming.body
    if raw is None:
        raise PayloadTooLarge
    if not raw:
        return {}
    media = incoming.headers.get(b"content-type", b"").split(b";", 1)[0].strip().lower()
    if media != b"application/json":
        raise UnsupportedMediaType(media.decode("latin-1"))
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as exc:
        raise ValidationFailed({"": "不是有效的 JSON"}, str(exc)) from exc
    if _depth(body) > DEEPEST_JSON:
        raise ValidationFailed({"": "嵌套层数过多"})
    # JSON Schema calls 2.0 an integer; the handler shall get 2.
    return _whole(body) if b"." in raw or b"e" in raw or b"E" in raw else body


def _depth(body: Any) -> int:
    """How many lists and objects stand inside each other; counted without recursion."""
    depth, level = 0, [body]
    while level := [value for value in level if isinstance(value, (dict, list))]:
        depth += 1
        level = [inner for value in level for inner in _inside(value)]
    return depth


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return value


def _fingerprint(operation_id: str, arguments: Arguments, raw: bytes) -> str:
    """Digest what the client asked for, so that a key with another body is noticed."""
    upload = arguments.get("upload")
    asked = [operation_id, arguments.get("body"), arguments.get("query")]
    try:
        digest = hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS))
    except (
        orjson.JSONEncodeError
    ):  # nested deeper than orjson writes: only the same bytes are the same
        digest = hashlib.sha256(operation_id.encode() + raw)
    if upload is not None:
        digest.update(upload.filename.encode(errors="surrogateescape"))
        digest.update(upload.data)
    return digest.hexdigest()
