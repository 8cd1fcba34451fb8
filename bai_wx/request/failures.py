"""What an exception is to the caller, and what of it goes to the log.

`operation` asks when a check or a handler has raised; `render` then writes what comes out.
"""

import logging

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
