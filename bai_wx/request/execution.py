"""Runs an operation's verbs in one thread: an answer comes out whatever happens, and the connection goes back.

`dispatch` chooses the thread and calls this there; the verbs themselves are in `operation`.
"""

from http import HTTPStatus

from bai_wx.database import waiting
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


def run_on_loop(operation: Operation, incoming: Incoming) -> Reply:
    """As `run`, in a greenlet. A known token's user is asked for along with what is read first, not before it.

    Nothing is written for good, and nothing goes out, before the user's row is here. Where the row is not as it
    was, all is done again with the user that it shows.
    """
    here = waiting.current()
    assert here is not None
    with request_connection:
        incoming.may_expect = True
        try:
            reply = _reply(operation, incoming, here)
            expected = incoming.expected
            # One that could not be done says nothing of anybody, and the database need not be waited for again.
            if expected is None or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                return reply
            if expected.holds():
                return reply
        except Exception as problem:  # the edge: nothing may leave without an answer
            return operation.render(problem, incoming)
        incoming.may_expect, incoming.seen.caller = False, None
        incoming.arguments = incoming.expected = incoming.problem = here.before_writing = None
    with request_connection:
        return _reply(operation, incoming, here)


def _reply(operation: Operation, incoming: Incoming, here: waiting.Waiting[Reply]) -> Reply:
    try:
        arguments = operation.check(incoming)
        if incoming.expected is not None:
            here.before_writing = incoming.expected.confirm
        return operation.answer(arguments, incoming)
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
