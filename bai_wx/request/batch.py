"""Answers the requests of a batch: each by the operation it would reach alone, all in one transaction.

`dialect.batch` has read them. What of a batch is answered otherwise than the same requests alone: the
batch's token counts for all, their headers have no effect, a query's values join the body, and there is
PocketBase's upsert, a PUT.
"""

import re
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import orjson

from bai_wx import dialect
from bai_wx.contract.family import RECORDS_PREFIX, Family
from bai_wx.database.connection import (
    await_locks,
    database,
    lock_name,
    request_connection,
)
from bai_wx.dialect.input.batch import InnerRequest
from bai_wx.errors import ApiError, BadQuery, BatchRefused, Forbidden, NotFound
from bai_wx.files.store import FileStore, Upload, examined
from bai_wx.record import collections
from bai_wx.record.base import Caller, Record
from bai_wx.request import render
from bai_wx.request.error_mapping import as_api_error
from bai_wx.request.incoming import Incoming
from bai_wx.request.operation import Operation
from bai_wx.request.render import Reply

MAX_SECONDS: Final = 3  # as PocketBase has it; other writers wait meanwhile
SHORT_REQUESTS: Final = 10  # what is written on the event loop holds up the reads of this worker

_URL = re.compile(r"(?:/pb)?/api/collections/([^/?]+)/records(?:/([^/?]+))?(?:\?([^#]*)(?:#.*)?)?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_WITH_ID: Final = {"POST": False, "PUT": False, "PATCH": True, "DELETE": True}
"""By method, whether the address names a record."""

Results = list[dict[str, Any]]
Uploads = Mapping[int, Upload]
"""The files of a form by the place of their request."""


class Action(NamedTuple):
    """What a request of a batch asks for."""

    method: str
    model: type[Record]
    record_id: str
    query: bytes

    def target(self, body: Mapping[str, Any]) -> str:
        """The id of the record that is meant, which a create may choose itself; `""` where it does not."""
        return self.record_id or str(Record.id.from_client(body.get("id")))


class InnerRequests:
    """The operations of the contract that requests in a batch may reach: native creates, updates, deletes."""

    def __init__(self, files: FileStore) -> None:
        self._files = files
        self._offered: dict[tuple[str, str, bool], Operation] = {}

    def offer(self, operations: Iterable[Operation]) -> None:
        """Let batches reach those of these operations that write records."""
        for operation in operations:
            spec = operation.spec
            if operation.model is not None and spec.method in _WITH_ID:
                above, _, last = spec.path.rpartition("/")
                has_id = last.startswith("{")
                self._offered[spec.method, above if has_id else spec.path, has_id] = operation

    def answer(
        self, requests: Sequence[InnerRequest], uploads: Uploads, caller: Caller | None
    ) -> Results:
        """Answer all requests, in their order and in one transaction.

        Returns: of each its `status` and `body`, which is None where there is none.
        Raises: `BatchRefused` for the first that is refused, or when it takes too long; whatever is not
        the requests' fault as it is. Then nothing is written.
        """
        with database.atomic():
            _lock(requests, caller)
            latest = time.monotonic() + MAX_SECONDS
            results = []
            for place, request in enumerate(requests):
                reply = self._answered(place, request, uploads.get(place), caller)
                results.append(_result(reply))
                if time.monotonic() > latest:
                    raise BatchRefused  # as PocketBase says it
        return results

    @contextmanager
    def files_stored(
        self, requests: Sequence[InnerRequest], uploads: dict[int, Upload], caller: Caller | None
    ) -> Iterator[None]:
        """Store the files of a form before the transaction begins, each in `uploads` from then on.

        In the end those without a row are removed.
        """
        request_connection.pause()  # the pictures among them take their time
        with dialect.uploads.files_without_rows_removed(uploads.values(), self._files):
            for place, request in enumerate(requests) if caller is not None else ():
                self._store(place, request, uploads)
            yield

    def _store(self, place: int, request: InnerRequest, uploads: dict[int, Upload]) -> None:
        operation = self._upload_operation(request)
        if operation is None or operation.model is None:
            return
        upload = dialect.uploads.chosen(request.files, operation.spec.upload_field)
        if upload is not None:
            uploads[place] = examined(upload)
            dialect.uploads.store_ahead(operation.model, request.body, uploads[place], self._files)

    def _upload_operation(self, request: InnerRequest) -> Operation | None:
        """The operation that would create a record of this request's files."""
        try:
            action = _action(request)
        except ApiError:
            return None  # answered in its turn
        operation = self._offered.get(("POST", _path(action.model), False))
        is_create = action.method in ("POST", "PUT")
        return operation if operation and is_create and operation.spec.is_upload else None

    def _answered(
        self, place: int, request: InnerRequest, upload: Upload | None, caller: Caller | None
    ) -> Reply:
        try:
            return self._reply(request, upload, caller)
        except Exception as problem:
            shown = as_api_error(problem, f"request {place} of a batch")
            if shown.status >= 500:
                raise shown from problem
            raise refused(place, shown) from problem

    def _reply(self, request: InnerRequest, upload: Upload | None, caller: Caller | None) -> Reply:
        action = _as_stored(_action(request), request.body)
        named = (action.method, _path(action.model), bool(action.record_id))
        operation = self._offered.get(named)
        if operation is None:
            raise Forbidden
        path_params = {operation.spec.path.rpartition("/")[2][1:-1]: action.record_id}
        body = request.body
        if action.query:
            body = dialect.body.form(dialect.query.pairs(action.query)) | body
        return operation.answer_inner(Incoming(path_params, action.query, {}), body, upload, caller)


def refused(place: int, problem: ApiError) -> BatchRefused:
    """The answer to a batch whose request at this place is refused."""
    failed = {
        "code": "batch_request_failed",
        "message": "Batch request failed.",
        "response": orjson.Fragment(render.error(Family.NATIVE, problem).body),
    }
    refusal = BatchRefused({str(place): failed})
    refusal.retry_after_s = problem.retry_after_s
    return refusal


def is_short(requests: Collection[InnerRequest]) -> bool:
    """Whether a batch holds up others no longer than a few single writes do."""
    return len(requests) <= SHORT_REQUESTS and all(map(_is_cheap, requests))


def _is_cheap(request: InnerRequest) -> bool:
    """Whether what is asked for beside the write is. However it is written: `%65xpand` is `expand`."""
    try:
        action = _action(request)
    except ApiError:
        return True  # it is refused as quickly
    return not action.query or dialect.cost.is_cheap(action.model, action.query)


def _action(request: InnerRequest) -> Action:
    """Read what is asked for. Raises: `BadQuery` for anything but a write of records, `NotFound`."""
    found = None if _CONTROL.search(request.url) else _URL.fullmatch(request.url)
    if found is None or _WITH_ID.get(request.method) != (found[2] is not None):
        raise BadQuery(f"no request of a batch: {request.method} {request.url[:100]}")
    model = collections.find(found[1])
    if model is None:
        raise NotFound("Missing collection context.")
    return Action(request.method, model, found[2] or "", (found[3] or "").encode())


def _as_stored(action: Action, body: Mapping[str, Any]) -> Action:
    """An upsert is the update of a row that is there, and a create where there is none."""
    if action.method != "PUT":
        return action
    record_id = action.target(body)
    if record_id and dialect.exists(action.model, record_id):
        return action._replace(method="PATCH", record_id=record_id)
    return action._replace(method="POST")


def _path(model: type[Record]) -> str:
    return f"{RECORDS_PREFIX}{model.collection()}/records"


def _lock(requests: Sequence[InnerRequest], caller: Caller | None) -> None:
    """Lock whose rows are written and then all records that are named, in an order all batches have.

    So no two batches wait for each other in a circle, whatever order their requests have. One request
    alone locks its owner first as well (`Record.writing`), and one row after.
    """
    if caller is not None:
        lock_name(caller.openid)
    for name in sorted(set(_named(requests))):
        lock_name(name)
    await_locks()  # so that the batch's time begins when it has them


def _named(requests: Sequence[InnerRequest]) -> Iterator[str]:
    for request in requests:
        try:
            action = _action(request)
        except ApiError:
            continue  # answered in its turn
        record_id = action.target(request.body)
        if record_id:
            yield f"{action.model.collection()}/{record_id}"


def _result(reply: Reply) -> dict[str, Any]:
    return {"body": orjson.Fragment(reply.body) if reply.body else None, "status": reply.status}
