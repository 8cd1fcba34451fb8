"""An operation of the contract, compiled once into one closure.

credentials → parameters → body → handler → JSON. `prepare` does the first three and raises, `invoke`
does the rest; calling the operation does all of it and answers every error. Connexion's lane runs the
same two halves on its own stack, so that both lanes mean the same.
"""

import hashlib
import inspect
import logging
from collections.abc import Mapping
from typing import Any

import orjson

from bai_wx.contract.family import RECORDS_PREFIX, Family
from bai_wx.contract.schemas import Schemas
from bai_wx.contract.spec import Arguments, Spec
from bai_wx.database.connection import (
    FAILURES,
    DataError,
    WouldWrite,
    database,
    is_damaged,
    is_missing_schema,
    note_damage,
    nothing_written,
    release,
    started,
    was_stopped,
)
from bai_wx.errors import (
    ApiError,
    BadQuery,
    InternalError,
    ServiceUnavailable,
    Unauthorized,
    Unstorable,
    ValidationFailed,
)
from bai_wx.record import collections
from bai_wx.record.base import Caller, Record
from bai_wx.record.idempotency import Answer, run_once
from bai_wx.request import render
from bai_wx.request.bodies import JSON_LIMIT, UPLOAD_LIMIT, body_reader
from bai_wx.request.incoming import Incoming
from bai_wx.request.parameters import IDEMPOTENCY_KEY, Parameters, idempotency_key
from bai_wx.request.render import Reply
from bai_wx.request.responses import Responses
from bai_wx.request.tokens import Tokens, bearer

log = logging.getLogger("bai_wx.server")

DEFAULT_MESSAGE = "操作成功"
RETRY_AFTER_S = 1
DAMAGED_RETRY_AFTER_S = 60  # somebody has to see to it
LOGGED_DETAIL = 500  # characters
COLLABORATORS = ("wechat", "tokens", "files", "document")


class Operation:
    """A compiled operation. Calling it never raises."""

    def __init__(self, spec: Spec, schemas: Schemas, collaborators: Mapping[str, Any]) -> None:
        self.spec = spec
        self.id, self.family, self.is_json = spec.id, spec.family, spec.is_json
        self.wanted = frozenset(inspect.signature(spec.function).parameters)
        self.message = spec.definition.get("x-success-message", DEFAULT_MESSAGE)
        self.body_limit: int = spec.definition.get(
            "x-max-body", UPLOAD_LIMIT if spec.is_upload else JSON_LIMIT
        )
        self.reads_only = spec.method == "GET" or bool(spec.definition.get("x-read-only"))
        self.model = _collection(spec)
        self.needs_no_database = bool(spec.definition.get("x-needs-no-database"))
        self.waits_outside = not self.wanted.isdisjoint({"wechat", "upload"})
        self.code_field = spec.definition.get("x-wechat-code")
        """The field of the body whose code WeChat exchanges for `session` before the handler runs."""
        self._tokens: Tokens = collaborators["tokens"]
        self._given = {name: collaborators[name] for name in COLLABORATORS if name in self.wanted}
        self._demands_user, self._reads_user = _security(spec.definition)
        self._parameters = Parameters(spec, schemas, self.wanted)
        self._body = body_reader(spec, schemas)
        self._wording = schemas.wording(spec.body_schema)
        self._responses = Responses(spec, schemas) if schemas.check_responses else None
        self._is_idempotent = any(
            p["name"] == IDEMPOTENCY_KEY for p in spec.definition.get("parameters", ())
        )

    def __call__(self, incoming: Incoming) -> Reply:
        """Answer a request, whatever happens."""
        ready = self.begin(incoming)
        return ready if isinstance(ready, Reply) else self.finish(ready, incoming)

    def reading(self, incoming: Incoming) -> Reply | None:
        """Answer a request that seldom writes. Returns: None if it would have to."""
        try:
            with nothing_written():
                return self(incoming)
        except WouldWrite:
            return None

    def begin(self, incoming: Incoming) -> Arguments | Reply:
        """Check the request. Returns: the handler's keyword arguments, or the answer that refuses it."""
        started()
        try:
            return self.prepare(incoming)
        except Exception as problem:  # the edge: nothing may leave without an answer
            release()
            return self.checked(self.render_error(problem), incoming)

    @property
    def knows_first(self) -> bool:
        """Whether a missing token is told before the body is read; native paths read it first."""
        return self._demands_user and self.family is Family.HOOK

    def turned_away(self, incoming: Incoming) -> Reply | None:
        """Check the credentials alone. Returns: the answer that refuses them."""
        started()
        try:
            self._user(bearer(incoming.headers.get(b"authorization")))
        except Exception as problem:  # the edge: nothing may leave without an answer
            return self.checked(self.render_error(problem), incoming)
        finally:
            release()
        return None

    def finish(self, arguments: Arguments, incoming: Incoming) -> Reply:
        """Answer a request that was found good, whatever happens."""
        try:
            reply = self.invoke(arguments, incoming)
        except WouldWrite:
            raise  # it is not answered yet
        except Exception as problem:  # the edge: nothing may leave without an answer
            reply = self.render_error(problem)
        finally:
            release()
        return self.checked(reply, incoming)

    def prepare(self, incoming: Incoming) -> Arguments:
        """Check credentials, parameters and body. Returns the handler's keyword arguments."""
        try:
            return self._prepared(incoming)
        finally:
            if self.waits_outside or self.code_field or not self.is_json:
                release()  # nobody holds a connection while WeChat thinks, or passes it on to Flask

    def _prepared(self, incoming: Incoming) -> Arguments:
        if incoming.arguments is not None:
            return {**incoming.arguments, "session": incoming.session}
        arguments = dict(self._given)
        token = bearer(incoming.headers.get(b"authorization")) if self._reads_user else None
        user = self._user(token) if self._reads_user else None
        if "user" in self.wanted:
            arguments["user"] = user
        if "token" in self.wanted:
            arguments["token"] = token
        self._parameters.read(incoming, arguments)
        if self._body is not None:
            body = self._body(incoming)
            if "body" in self.wanted:
                arguments["body"] = body
            if self.code_field:
                incoming.code = body[self.code_field]
                incoming.arguments = arguments
                arguments["session"] = incoming.session
        return arguments

    def invoke(self, arguments: Arguments, incoming: Incoming) -> Reply:
        """Call the handler, once for all requests that carry the same Idempotency-Key."""
        key = idempotency_key(incoming.headers) if self._is_idempotent else None
        user = arguments.get("user")
        if key is None or user is None:
            return self._done(arguments)
        fingerprint = _fingerprint(self.id, arguments, incoming.body or b"")
        return self._once(user, key, fingerprint, arguments)

    def render_error(self, problem: Exception) -> Reply:
        """Write any exception as this operation's family answers it; defects go to the log."""
        shown = as_api_error(problem, self.id)
        if isinstance(shown, ValidationFailed):
            shown.title_of = self._wording.title
        return render.error(self.family, shown)

    def checked(self, reply: Reply, incoming: Incoming | None = None) -> Reply:
        """Return the reply if the contract allows it, else a 500 (in tests; production trusts it)."""
        mismatch = self._responses.mismatch(reply, incoming) if self._responses else ""
        if not mismatch:
            return reply
        log.error("%s answered %s against the contract: %s", self.id, reply.status, mismatch)
        return render.error(self.family, InternalError(mismatch))

    def _user(self, token: str | None) -> Caller | None:
        caller = self._tokens.caller(token) if token else None
        if caller is None and self._demands_user:
            raise Unauthorized
        return caller

    def _done(self, arguments: Arguments) -> Reply:
        """Call the handler and write what it returns."""
        try:
            result = self.spec.function(**arguments)
        except Unstorable as exc:
            raise ValidationFailed(_with_nul(arguments.get("body"))) from exc
        value, status = result if isinstance(result, tuple) else (result, 200)
        return render.success(self.family, value, status, self.message)

    def _once(self, user: Caller, key: str, fingerprint: str, arguments: Arguments) -> Reply:
        answer = run_once(user.id, self.id, key, fingerprint, lambda: self._answer(arguments))
        return Reply(answer.status, answer.body, list(answer.headers))

    def _answer(self, arguments: Arguments) -> Answer:
        try:
            with database.atomic():
                reply = self._done(arguments)
        except ApiError as problem:
            reply = self.render_error(problem)
        return Answer(reply.status, reply.body, tuple(reply.headers))


def as_api_error(problem: Exception, operation_id: str) -> ApiError:
    """Name an exception as the caller may see it. What is a defect of ours is logged with its trace."""
    if isinstance(problem, ApiError):
        if problem.status >= 500 or problem.detail:
            # Written as ASCII: what a client sent must not begin a line of its own in the log.
            log.info("%s: %s %s", operation_id, problem.code, ascii(problem.detail)[:LOGGED_DETAIL])
        return problem
    if isinstance(problem, FAILURES) and was_stopped(problem):
        return BadQuery("the statement was stopped: it ran too long")
    if isinstance(problem, OSError):
        # Of all that handlers do, only files have it to say: no room, no permission, a dying disk.
        log.error(
            "%s: the files failed: %s",
            operation_id,
            _in_one_line(problem),
            exc_info=_trace(problem),
        )
        return ServiceUnavailable(str(problem), retry_after_s=RETRY_AFTER_S)
    if note_damage(problem):
        return ServiceUnavailable(str(problem), retry_after_s=DAMAGED_RETRY_AFTER_S)
    if is_missing_schema(problem):
        log.error("%s failed: %s", operation_id, _in_one_line(problem))
        return InternalError(repr(problem))
    if isinstance(problem, FAILURES) and not is_damaged(problem):
        said = _in_one_line(problem)
        log.error("%s: the database failed: %s", operation_id, said, exc_info=_trace(problem))
        return ServiceUnavailable(str(problem), retry_after_s=RETRY_AFTER_S)
    if isinstance(problem, DataError):
        # PostgreSQL refuses a value that SQLite would take; the client sent it, we should have seen it.
        log.error("%s: a value the database cannot hold", operation_id, exc_info=problem)
        return BadQuery("a value the database cannot hold")
    log.error("%s failed", operation_id, exc_info=problem)
    return InternalError(repr(problem))


def _in_one_line(problem: Exception) -> str:
    """While database or files are away every request has this to say."""
    return ascii(str(problem))[:LOGGED_DETAIL]


def _trace(problem: Exception) -> Exception | None:
    return problem if log.isEnabledFor(logging.DEBUG) else None


def _with_nul(body: Any) -> dict[str, str]:
    """Name the fields of a body that hold a NUL, in words for a toast."""
    fields = body.items() if isinstance(body, dict) else ()
    return {
        name: "不能包含空字符" for name, value in fields if isinstance(value, str) and "\0" in value
    }


def _collection(spec: Spec) -> type[Record] | None:
    """The collection a native path names."""
    if not spec.path.startswith(RECORDS_PREFIX):
        return None
    return collections.find(spec.path.removeprefix(RECORDS_PREFIX).split("/", 1)[0])


def _security(definition: dict[str, Any]) -> tuple[bool, bool]:
    """Read whether a token is demanded, and whether one is read at all."""
    requirements = definition.get("security", [])
    return bool(requirements) and {} not in requirements, bool(requirements)


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
