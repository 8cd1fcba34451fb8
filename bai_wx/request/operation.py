"""An operation of the contract, compiled once at the start. It has three verbs.

- `check`: token, parameters, body. Its result, the handler's arguments, is carried on the request.
- `answer`: calls the handler and writes its value as the family of the path does.
- `render`: writes an exception of either as the family does.

`dispatch` runs them for the compiled lane, `connexion_lane` for its own, so that both lanes mean the same.
Before them come the edge and its routes; the answer goes out by `sending`.
"""

import hashlib
import inspect
import logging
import time
from collections.abc import Mapping
from typing import Any

import orjson

from bai_wx import dialect, metrics
from bai_wx.contract.beside import keys_beside
from bai_wx.contract.family import RECORDS_PREFIX, Family
from bai_wx.contract.schemas import Schemas
from bai_wx.contract.spec import COLLABORATORS, Arguments, Spec
from bai_wx.database.connection import (
    database,
    read_at_standby,
    reads_at_standbys,
    write_as,
)
from bai_wx.errors import ApiError, InternalError, Unauthorized, Unstorable, ValidationFailed
from bai_wx.files.store import Upload
from bai_wx.record import collections
from bai_wx.record.base import Caller, Record
from bai_wx.record.idempotency import Answer, run_once
from bai_wx.request import render
from bai_wx.request.bodies import body_reader
from bai_wx.request.error_mapping import as_api_error
from bai_wx.request.incoming import Incoming
from bai_wx.request.parameters import IDEMPOTENCY_KEY, Parameters, idempotency_key
from bai_wx.request.render import Reply, Success
from bai_wx.request.responses import Responses
from bai_wx.request.tokens import Tokens
from bai_wx.request.ways import Work, work_of

log = logging.getLogger("bai_wx.server")

DEFAULT_MESSAGE = "操作成功"
TOKEN_HOLDS_S = 0.5  # that a token was checked before its body came: it need not be read again


class Operation:
    """A compiled operation."""

    def __init__(self, spec: Spec, schemas: Schemas, collaborators: Mapping[str, Any]) -> None:
        self.spec = spec
        self.id, self.family, self.is_json = spec.id, spec.family, spec.is_json
        self.index = metrics.index_of(spec.id)
        self.wanted = frozenset(inspect.signature(spec.function).parameters)
        message = spec.definition.get("x-success-message", DEFAULT_MESSAGE)
        self._success = Success(spec.family, message, keys_beside(spec.definition, schemas))
        self.is_batch = "inner" in self.wanted
        self.takes_json_or_form = spec.takes_json_or_form
        self.body_limit, self.form_limit = spec.max_body_bytes, spec.max_form_bytes
        self.work = work_of(spec, self.wanted)
        self.model = _collection(spec)
        has_standbys = reads_at_standbys()
        self._reads_public = has_standbys and _is_public_read(self.work, self.model)
        self._writes_beside_standbys = has_standbys and self.work in (Work.WRITE, Work.WAIT)
        self.code_field = spec.definition.get("x-wechat-code")
        """The field of the body whose code WeChat exchanges for `session` before the handler runs."""
        self.spent_field = self.code_field or spec.definition.get("x-spends-code")
        """The field of the body that may hold a code WeChat is asked about."""
        self.is_admitted_first = self.is_batch or bool(self.spent_field)
        """Whether the edge looks at a request, even one without a body, before it is answered."""
        self._tokens: Tokens = collaborators["tokens"]
        self._collaborators = {
            name: collaborators[name] for name in COLLABORATORS if name in self.wanted
        }
        self._demands_user, self._reads_user = _security(spec.definition)
        self._parameters = Parameters(spec, schemas, self.wanted)
        self._body = body_reader(spec, schemas)
        self._wording = schemas.wording(spec.body_schema)
        self._responses = Responses(spec, schemas) if schemas.check_responses else None
        self._is_idempotent = any(
            p["name"] == IDEMPOTENCY_KEY for p in spec.definition.get("parameters", ())
        )

    @property
    def checks_token_first(self) -> bool:
        """Whether the token is checked before the body is read; native paths read the body first."""
        return self._demands_user and self.family is Family.HOOK

    def takes_upload(self, headers: Mapping[bytes, bytes]) -> bool:
        """Whether the body of a request with these headers is a form with files."""
        if not self.takes_json_or_form:
            return self.spec.is_upload
        return dialect.batch.is_form(headers.get(b"content-type", b"").decode("latin-1"))

    def is_sent_a_form(self, headers: Mapping[bytes, bytes]) -> bool:
        """Whether it takes JSON too, and these headers announce a form."""
        return self.takes_json_or_form and self.takes_upload(headers)

    def check_token(self, incoming: Incoming) -> None:
        """Check the credentials alone: the body is not here yet. Raises: `Unauthorized`."""
        token = self._tokens.bearer(incoming.headers.get(b"authorization"))
        incoming.known_user = self._user(token), time.monotonic() + TOKEN_HOLDS_S

    def check(self, incoming: Incoming) -> Arguments:
        """Check credentials, parameters and body, once a request. Returns the handler's keyword arguments.

        Raises: the `ApiError` that refuses the request.
        """
        if incoming.arguments is None:
            incoming.arguments = self._checked(incoming)
        return incoming.arguments

    def answer(self, arguments: Arguments, incoming: Incoming) -> Reply:
        """Call the handler, once for all requests that carry the same Idempotency-Key.

        Raises: whatever the handler raises.
        """
        key = idempotency_key(incoming.headers) if self._is_idempotent else None
        user = arguments.get("user")
        if self._reads_public:
            read_at_standby(is_guest=user is None)
        elif self._writes_beside_standbys:
            write_as(user.id if user is not None else "")
        if key is None or user is None:
            return self._conforming(self._done(arguments), incoming)
        fingerprint = _fingerprint(self.id, arguments, incoming.body or b"")
        return self._conforming(self._once(user, key, fingerprint, arguments), incoming)

    def render(self, problem: Exception, incoming: Incoming | None = None) -> Reply:
        """Write any exception as this operation's family answers it; defects go to the log."""
        if incoming is not None:
            incoming.problem = problem
        return self._conforming(self._refusal(problem, incoming), incoming)

    def answer_inner(
        self,
        incoming: Incoming,
        body: dict[str, Any],
        upload: Upload | None,
        caller: Caller | None,
    ) -> Reply:
        """Answer one request of a batch. Its caller is known, and its body was read with the batch's.

        Raises: whatever the parameters' check and the handler raise.
        """
        sent = {"user": caller, "body": body, "upload": upload}
        arguments = self._collaborators | {n: v for n, v in sent.items() if n in self.wanted}
        self._parameters.read(incoming, arguments)
        return self._conforming(self._done(arguments), incoming)

    def _checked(self, incoming: Incoming) -> Arguments:
        arguments = dict(self._collaborators)
        token = user = None
        if self._reads_user:
            token = self._tokens.bearer(incoming.headers.get(b"authorization"))
            user, holds_until = incoming.known_user
            if time.monotonic() > holds_until:
                user = self._expected(token, incoming) or self._user(token)
            incoming.seen.caller = user
        if "user" in self.wanted:
            arguments["user"] = user
        if "token" in self.wanted:
            arguments["token"] = token
        if self.is_batch:
            arguments["uploads"] = {}  # filled in while the batch is done
        self._parameters.read(incoming, arguments)
        if self._body is not None:
            body = self._body(incoming)
            if "body" in self.wanted:
                arguments["body"] = body
            if self.spent_field and (user is None or self._demands_user):
                # Where either a token or a code will do, the token does.
                incoming.wechat_code = body.get(self.spent_field) or ""
        return arguments

    def _refusal(self, problem: Exception, incoming: Incoming | None = None) -> Reply:
        request_id = incoming.seen.request_id if incoming is not None else b""
        shown = as_api_error(problem, self.id, request_id)
        if isinstance(shown, ValidationFailed):
            shown.title_of = self._wording.title
        return render.error(self.family, shown)

    def _conforming(self, reply: Reply, incoming: Incoming | None) -> Reply:
        """Return the reply if the contract allows it, else a 500 (in tests; production trusts it)."""
        mismatch = self._responses.mismatch(reply, incoming) if self._responses else ""
        if not mismatch:
            return reply
        log.error("%s answered %s against the contract: %s", self.id, reply.status, mismatch)
        return render.error(self.family, InternalError(mismatch))

    def _expected(self, token: str | None, incoming: Incoming) -> Caller | None:
        """The user of a known token, whose row is asked for along with what the handler reads first.

        It is read before public records at standbys: with it comes which of them may be asked.
        """
        if token and incoming.may_expect and not self._reads_public:
            incoming.expected = self._tokens.expected(token, writes=self.work is Work.WRITE)
        return incoming.expected.caller if incoming.expected else None

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
        return self._success.reply(value, status)

    def _once(self, user: Caller, key: str, fingerprint: str, arguments: Arguments) -> Reply:
        answer = run_once(user.id, self.id, key, fingerprint, lambda: self._final_answer(arguments))
        return Reply(answer.status, answer.body, list(answer.headers))

    def _final_answer(self, arguments: Arguments) -> Answer:
        try:
            with database.atomic():
                reply = self._done(arguments)
        except ApiError as problem:
            reply = self._refusal(problem)
        return Answer(reply.status, reply.body, tuple(reply.headers))


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


def _is_public_read(work: Work, model: type[Record] | None) -> bool:
    return work is Work.READ and model is not None and collections.is_public(model)


def _security(definition: dict[str, Any]) -> tuple[bool, bool]:
    """Read whether a token is demanded, and whether one is read at all."""
    requirements = definition.get("security", [])
    return bool(requirements) and {} not in requirements, bool(requirements)


def _fingerprint(operation_id: str, arguments: Arguments, raw: bytes) -> str:
    """Digest what the client asked for, so that a key with another body is noticed."""
    upload = arguments.get("upload")
    asked = [operation_id, arguments.get("body"), arguments.get("query")]
    try:
        asked_text = orjson.dumps(asked, default=_digest_of, option=orjson.OPT_SORT_KEYS)
        digest = hashlib.sha256(asked_text)
    except (
        orjson.JSONEncodeError
    ):  # nested deeper than orjson writes: only the same bytes are the same
        digest = hashlib.sha256(operation_id.encode() + raw)
    if upload is not None:
        digest.update(upload.filename.encode(errors="surrogateescape"))
        digest.update(upload.data)
    return digest.hexdigest()


def _digest_of(content: bytes) -> str:
    """What stands for a file of a batch."""
    return hashlib.sha256(content).hexdigest()
