"""What goes to the log: everything but the values of rows that a database's error names."""

import io
import json
import logging
import sys

import pytest

from bai_wx import metrics
from bai_wx.process import log
from bai_wx.process.log import LOG_FORMAT, WithoutValues

DETAIL = "Key (openid)=(o-secret) already exists."
REFUSED = f'duplicate key value violates unique constraint "users_openid"\nDETAIL:  {DETAIL}'


def written(message: str, *arguments: object, error: BaseException | None = None) -> str:
    """The text of a record, with the trace of an error that was raised."""
    trace = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("bai_wx", logging.ERROR, __file__, 1, message, arguments, trace)
    return WithoutValues(LOG_FORMAT).format(record)


def raised(text: str) -> BaseException:
    """An error with a trace."""
    try:
        raise ValueError(text)
    except ValueError:
        error = sys.exc_info()[1]
    assert error is not None
    return error


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(written("failed: %s", REFUSED), id="in the message"),
        pytest.param(written("failed: %r", REFUSED), id="in a text written as one"),
        pytest.param(written("failed", error=raised(REFUSED)), id="in the trace"),
    ],
)
def test_values_of_rows_are_left_out(text: str) -> None:
    """What is said of the error otherwise, stays."""
    assert "o-secret" not in text
    assert "DETAIL" not in text
    assert "violates unique constraint" in text
    assert text.split()[2:4] == ["ERROR", "bai_wx"]


@pytest.mark.parametrize("kind", ["DETAIL", "CONTEXT", "QUERY"])
def test_every_kind_that_quotes_a_row_is_left_out(kind: str) -> None:
    """And the lines around it are not."""
    text = written(f"refused\n{kind}:  o-secret\nHINT:  look")
    assert "o-secret" not in text
    assert text.endswith("refused\nHINT:  look")


MANY_LINES = "Failing row contains (1, o-secret,\n o-secret\n\no-secret\r\no-secret)."


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        pytest.param(
            written(f"refused\nDETAIL:  {MANY_LINES}\nHINT:  look"),
            "refused\nHINT:  look",
            id="in the message",
        ),
        pytest.param(
            written("failed", error=raised(f"refused\nDETAIL:  {MANY_LINES}")),
            "ValueError: refused",
            id="in the trace",
        ),
        pytest.param(
            written("failed: %s", f"no\nDETAIL:  {MANY_LINES}", error=raised("no room")),
            "ValueError: no room",
            id="ahead of a trace",
        ),
        pytest.param(
            written("failed: %r", f"refused\nDETAIL:  {MANY_LINES}"),
            "failed: 'refused",
            id="in a text written as one",
        ),
    ],
)
def test_a_value_of_many_lines_is_left_out(text: str, ending: str) -> None:
    """All of its lines, and what is logged behind them stays."""
    assert "o-secret" not in text
    assert text.endswith(ending)


def test_each_error_of_a_chain_keeps_its_trace() -> None:
    """That of the driver, and that which it became."""
    try:
        raise raised(f"first\nDETAIL:  {MANY_LINES}")
    except ValueError as cause:
        try:
            raise KeyError(f"second\nDETAIL:  {MANY_LINES}") from cause
        except KeyError as error:
            text = written("failed", error=error)
    group = ExceptionGroup("two", [raised(f"third\nDETAIL:  {MANY_LINES}"), raised("fourth")])
    text += written("failed", error=group)
    assert "o-secret" not in text
    assert text.count("Traceback (most recent call last):") == 4
    for word in ("first", "direct cause", "second", "third", "fourth"):
        assert word in text


def test_other_lines_stay() -> None:
    """A word alone is no such line."""
    message = "DETAIL of nothing\nand DETAIL: neither"
    assert written(message).endswith(message)


def as_json(record: logging.LogRecord) -> dict[str, str]:
    """A record as one line of JSON."""
    line = log._json_lines().format(record)
    assert "\n" not in line
    read: dict[str, str] = json.loads(line)
    return read


def test_json_has_a_line_for_each_record() -> None:
    """Time, level, logger, message, the fields that were given, and the trace as one field."""
    error = raised("no room")
    trace = (type(error), error, error.__traceback__)
    record = logging.LogRecord("bai_wx.server", logging.ERROR, "", 1, "%s failed", ("x",), trace)
    record.fields = {"request_id": "a-1", "status": 500}
    said = as_json(record)
    assert said.pop("time").endswith("Z")
    assert said.pop("exception").endswith("ValueError: no room")
    assert said == {
        "level": "error",
        "logger": "bai_wx.server",
        "message": "x failed",
        "request_id": "a-1",
        "status": 500,
    }


@pytest.mark.parametrize("text", [REFUSED, repr(REFUSED)])
def test_values_of_rows_are_left_out_of_json(text: str) -> None:
    """Of message and trace, and nothing else of the line is lost."""
    error = raised(text)
    trace = (type(error), error, error.__traceback__)
    record = logging.LogRecord("bai_wx", logging.ERROR, "", 1, "failed: %s", (text,), trace)
    record.fields = {"request_id": "a-1"}
    said = as_json(record)
    assert "o-secret" not in json.dumps(said)
    assert "violates unique constraint" in said["message"]
    assert "violates unique constraint" in said["exception"]
    assert said["request_id"] == "a-1"


def test_fields_stand_behind_the_text() -> None:
    """For whoever reads it on a terminal."""
    record = logging.LogRecord("bai_wx", logging.INFO, "", 1, "request", (), None)
    record.fields = {"operation": "cart_list", "status": 200}
    assert (
        WithoutValues(LOG_FORMAT).format(record).endswith("request operation=cart_list status=200")
    )


@pytest.mark.parametrize(
    ("setting", "means"),
    [
        pytest.param("INFO", ("info", ""), id="a level"),
        pytest.param("debug:json", ("debug", "json"), id="JSON"),
        pytest.param("warning:text", ("warning", "text"), id="text"),
    ],
)
def test_what_can_be_set(setting: str, means: tuple[str, str]) -> None:
    assert log.parse(setting) == means


@pytest.mark.parametrize("setting", ["loud", "info:xml", "json", ":json"])
def test_what_cannot(setting: str) -> None:
    with pytest.raises(ValueError, match="write one of debug, info, warning, error"):
        log.parse(setting)


def test_trouble_is_counted() -> None:
    """By level, whatever is written."""
    before = metrics.LOGGED.series(level="error").total()
    handler = log._Stderr(io.StringIO())
    handler.emit(logging.LogRecord("bai_wx", logging.ERROR, "", 1, "failed", (), None))
    handler.emit(logging.LogRecord("bai_wx", logging.INFO, "", 1, "fine", (), None))
    assert metrics.LOGGED.series(level="error").total() == before + 1
