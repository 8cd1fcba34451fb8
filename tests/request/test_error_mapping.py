"""What an exception is to the caller, and what of it the log says."""

import logging
from pathlib import Path

import peewee
import pytest

from bai_wx.database.connection import connect
from bai_wx.errors import ApiError, BadQuery, CartFull, InternalError, ServiceUnavailable
from bai_wx.request.error_mapping import as_api_error


@pytest.mark.parametrize(
    ("problem", "expected", "said"),
    [
        pytest.param(CartFull("12 lines"), CartFull, "shop: cart_full '12 lines'", id="ours"),
        pytest.param(
            peewee.OperationalError("interrupted"), BadQuery, None, id="a read that was stopped"
        ),
        pytest.param(
            OSError(28, "No space left on device"),
            ServiceUnavailable,
            "shop: the files failed: '[Errno 28] No space left on device'",
            id="a full disk under files",
        ),
        pytest.param(
            peewee.OperationalError("database is locked\nand more"),
            ServiceUnavailable,
            r"shop: the database failed: 'database is locked\nand more'",
            id="a database that is away",
        ),
        pytest.param(
            peewee.DataError("out of range"),
            BadQuery,
            "shop: a value the database cannot hold",
            id="a value of no column",
        ),
        pytest.param(KeyError("x"), InternalError, "shop failed", id="a defect of ours"),
    ],
)
def test_an_exception_has_a_name_and_a_line(
    problem: Exception,
    expected: type[ApiError],
    said: str | None,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    """One line each but for a defect, whose trace is logged."""
    connect(f"sqlite:///{tmp_path}/a.db")
    with caplog.at_level(logging.INFO, "bai_wx.server"):
        shown = as_api_error(problem, "shop")
    assert type(shown) is expected
    assert [record.getMessage() for record in caplog.records] == ([said] if said else [])
