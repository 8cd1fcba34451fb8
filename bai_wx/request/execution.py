"""Runs an operation's verbs in one thread: an answer comes out whatever happens, and the connection goes back.

`dispatch` chooses the thread and calls this there; the verbs themselves are in `operation`.
"""

from bai_wx.database.connection import connection_without_deadline, request_connection
from bai_wx.request.incoming import Incoming
from bai_wx.request.operation import Operation
from bai_wx.request.render import Reply


def run(operation: Operation, incoming: Incoming) -> Reply:
    """Check a request, unless it was checked before, and answer it."""
    with request_connection:
        try:
            return operation.answer(operation.check(incoming), incoming)
        except Exception as problem:  # the edge: nothing may leave without an answer
            return operation.render(problem, incoming)


def refused(operation: Operation, incoming: Incoming) -> Reply | None:
    """Check a request that is answered later. Returns: the answer that refuses it."""
    with request_connection:
        try:
            operation.check(incoming)
        except Exception as problem:  # the edge: nothing may leave without an answer
            return operation.render(problem, incoming)
    return None


def refused_by_token(operation: Operation, incoming: Incoming) -> Reply | None:
    """Check the token alone, before the body is waited for. Returns: the answer that refuses it."""
    with request_connection:
        try:
            operation.check_token(incoming)
        except Exception as problem:  # the edge: nothing may leave without an answer
            return operation.render(problem, incoming)
    return None


def run_waiting(operation: Operation, incoming: Incoming) -> Reply:
    """Check and answer a request whose handler waits for others; no connection is held meanwhile."""
    refusal = refused(operation, incoming)
    if refusal is not None:
        return refusal
    with connection_without_deadline:
        try:
            return operation.answer(operation.check(incoming), incoming)
        except Exception as problem:  # the edge: nothing may leave without an answer
            return operation.render(problem, incoming)
