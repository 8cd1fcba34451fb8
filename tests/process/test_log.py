"""What goes to the log: everything but the values of rows that a database's error names."""

import logging
import sys

import pytest

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


def test_other_lines_stay() -> None:
    """A word alone is no such line."""
    message = "DETAIL of nothing\nand DETAIL: neither"
    assert written(message).endswith(message)
