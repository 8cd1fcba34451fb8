"""What an exception is to the caller, and what of it goes to the log.

`operation` asks when a check or a handler has raised; `render` then writes what comes out.
"""

import logging
from typing import NamedTuple

from bai_wx.database.connection import (
    FAILURES,
    DataError,
    is_damaged,
    is_missing_schema,
    note_damage,
    was_stopped,
)
from bai_wx.errors import ApiError, BadQuery, InternalError, ServiceUnavailable

log = logging.getLogger("bai_wx.server")

RETRY_AFTER_S = 1
DAMAGED_RETRY_AFTER_S = 60  # somebody has to see to it
LOGGED_DETAIL = 500  # characters


def as_api_error(problem: Exception, operation_id: str, request_id: bytes = b"") -> ApiError:
    """Name an exception as the caller may see it. What is a defect of ours is logged with its trace.

    Every line of it has the request's id.
    """
    asked = Asked(operation_id, request_id.decode("ascii"))
    if isinstance(problem, ApiError):
        _log_detail(problem, asked)
        return problem
    if isinstance(problem, OSError):
        # Of all that handlers do, only files have it to say: no room, no permission, a dying disk.
        _log_failure("the files failed", problem, asked)
        return ServiceUnavailable(str(problem), retry_after_s=RETRY_AFTER_S)
    known = _failure_of_database(problem, asked)
    if known is not None:
        return known
    log.error("%s failed", operation_id, exc_info=problem, extra=asked.fields)
    return InternalError(repr(problem))


class Asked(NamedTuple):
    """What was asked: the operation's id, or words for it, and the request's id."""

    operation_id: str
    request_id: str

    @property
    def fields(self) -> dict[str, dict[str, str]]:
        """What a line of the log has beside its text."""
        return {"fields": {"request_id": self.request_id} if self.request_id else {}}


def _failure_of_database(problem: Exception, asked: Asked) -> ApiError | None:
    if isinstance(problem, FAILURES) and was_stopped(problem):
        return BadQuery("the statement was stopped: it ran too long")
    if note_damage(problem):
        return ServiceUnavailable(str(problem), retry_after_s=DAMAGED_RETRY_AFTER_S)
    if is_missing_schema(problem):
        said = _in_one_line(str(problem))
        log.error("%s failed: %s", asked.operation_id, said, extra=asked.fields)
        return InternalError(repr(problem))
    if isinstance(problem, FAILURES) and not is_damaged(problem):
        _log_failure("the database failed", problem, asked)
        return ServiceUnavailable(str(problem), retry_after_s=RETRY_AFTER_S)
    if isinstance(problem, DataError):
        # PostgreSQL refuses a value that SQLite would take; the client sent it, we should have seen it.
        said = f"{asked.operation_id}: a value the database cannot hold"
        log.error("%s", said, exc_info=problem, extra=asked.fields)
        return BadQuery("a value the database cannot hold")
    return None


def _log_detail(problem: ApiError, asked: Asked) -> None:
    if problem.status >= 500 or problem.detail:
        detail = _in_one_line(problem.detail)
        log.info("%s: %s %s", asked.operation_id, problem.code, detail, extra=asked.fields)


def _log_failure(what: str, problem: Exception, asked: Asked) -> None:
    """Log one line: while database or files are away every request has this to say."""
    trace = problem if log.isEnabledFor(logging.DEBUG) else None
    said = f"{asked.operation_id}: {what}: {_in_one_line(str(problem))}"
    log.error("%s", said, exc_info=trace, extra=asked.fields)


def _in_one_line(text: str) -> str:
    """Written as ASCII: what a client sent must not begin a line of its own in the log."""
    return ascii(text)[:LOGGED_DETAIL]
