"""What goes to the log, in which form, and what never does.

Modules log by `logging`. A line may carry fields (`extra={"fields": {...}}`). A server whose log no terminal
shows writes JSON, a line each; whoever watches a terminal, or runs a command, reads text.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final

from bai_wx import metrics

LOG_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"
LEVELS: Final = ("debug", "info", "warning", "error")
TEXT, JSON = "text", "json"
ACCESS: Final = "bai_wx.access"
"""The logger of the access log, which has a setting of its own."""

_GO_ON: Final = (
    r"\n[ |]*(?:HINT:  |Traceback \(most recent call last\):"
    r"|The above exception was the direct cause of|During handling of the above exception,)"
)
"""Where a log goes on behind the values. A line of a value begins anyhow else."""
_VALUES = re.compile(rf"(?:\n[ |]*|\\n)(?:DETAIL|CONTEXT|QUERY): [^\n]*(?:(?!{_GO_ON})\n[^\n]*)*")
"""What PostgreSQL adds to an error: values of rows, each of as many lines as its text has. They stand alone on
their lines, or in a text written as one line.
"""
_COUNTED: Final = {
    level: metrics.LOGGED.series(level=level.lower()) for level in ("WARNING", "ERROR", "CRITICAL")
}


class WithoutValues(logging.Formatter):
    """Leaves out the values of rows that a database's error names: an openid is among them."""

    def format(self, record: logging.LogRecord) -> str:
        """The whole text of a record, its fields and its trace included."""
        return _VALUES.sub("", super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        """The line, with its fields behind it."""
        fields = getattr(record, "fields", {})
        return super().formatMessage(record) + "".join(f" {k}={v}" for k, v in fields.items())


class _Stderr(logging.StreamHandler[Any]):
    """Writes to stderr, and counts what tells of trouble."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        if record.levelname in _COUNTED:
            _COUNTED[record.levelname].inc()
        super().emit(record)


def parse(text: str) -> tuple[str, str]:
    """Read `BAI_WX_LOG`: a level, and maybe `:json` or `:text`. Raises: `ValueError`.

    Returns: the level, and the form or `""`.
    """
    level, _, form = text.lower().partition(":")
    if level not in LEVELS or form not in ("", TEXT, JSON):
        raise ValueError(
            f"is {text!r}; write one of {', '.join(LEVELS)}, with :json or :text behind it if you like"
        )
    return level, form


def log_to_stderr(setting: str, *, is_server: bool = False) -> None:
    """Log ours and the server's at the level that is set, other libraries' warnings alone."""
    level, form = parse(setting)
    is_json = form == JSON or (is_server and not form and not sys.stderr.isatty())
    root = logging.getLogger()
    ours = [handler for handler in root.handlers if isinstance(handler, _Stderr)]
    if not ours and not root.handlers:
        ours = [_Stderr()]
        root.addHandler(ours[0])
        root.setLevel(logging.WARNING)
    for handler in ours:
        handler.setFormatter(_json_lines() if is_json else WithoutValues(LOG_FORMAT))
    for name in ("bai_wx", "uvicorn"):
        logging.getLogger(name).setLevel(level.upper())
    logging.getLogger(ACCESS).setLevel(logging.INFO)
    # It writes whole addresses, and WeChat wants our secret in them.
    logging.getLogger("urllib3").setLevel(logging.ERROR)


def _json_lines() -> logging.Formatter:
    # Not before somebody wants JSON: it takes 17 ms, which no command waits for.
    import orjson
    from structlog import processors, stdlib

    return stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            processors.TimeStamper("iso", utc=True, key="time"),
            stdlib.add_log_level,
            stdlib.add_logger_name,
            _add_fields,
            processors.format_exc_info,
        ],
        processors=[
            stdlib.ProcessorFormatter.remove_processors_meta,
            _remove_values,
            processors.EventRenamer("message"),
            processors.JSONRenderer(lambda said, **_: orjson.dumps(said, default=str).decode()),
        ],
    )


def _add_fields(_: Any, __: str, said: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the fields that the line was given."""
    said.update(getattr(said["_record"], "fields", {}))
    return said


def _remove_values(_: Any, __: str, said: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leave out the values of rows, as `WithoutValues` does."""
    for name in ("event", "exception"):
        if name in said:
            said[name] = _VALUES.sub("", str(said[name]))
    return said
