"""The pages about personal data name every column that is personal, and how long each table is kept."""

import re
from typing import Final

import pytest

from bai_wx.console.persons import FREE_TEXTS, HELD
from bai_wx.console.retention import DAY_S, RETENTION
from models.users import User
from tests.tree import ROOT

PAGES: Final = ("privacy.md", "privacy.zh.md")
UNITS: Final = {
    "minutes": 60, "hour": 3600, "hours": 3600, "day": DAY_S, "days": DAY_S,
    "分钟": 60, "小时": 3600, "天": DAY_S,
}  # fmt: skip


def rows(page: str) -> list[list[str]]:
    """The cells of every row of the page's tables."""
    lines = (ROOT / "docs" / page).read_text("utf-8").splitlines()
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if line[:1] == "|"
    ]


def named(page: str) -> set[tuple[str, str]]:
    """The columns that the page names, each with its collection."""
    found = re.compile(r"`(\w+)`")
    return {
        (row[0].strip("`"), column)
        for row in rows(page)
        if row[0].startswith("`tbl_")
        for column in found.findall(row[1])
    }


@pytest.mark.parametrize("page", PAGES)
def test_every_personal_column_is_named(page: str) -> None:
    """Those of a user all, of other collections those that hold an openid or are emptied with it."""
    personal = {(User.collection(), field.name) for field in User._meta.sorted_fields}
    personal |= {(model.collection(), column) for model, (column, _) in HELD.items()}
    personal |= {
        (model.collection(), text) for model, texts in FREE_TEXTS.items() for text in texts
    }
    assert named(page) == personal


@pytest.mark.parametrize("page", PAGES)
def test_each_time_is_what_the_code_keeps(page: str) -> None:
    """By table."""
    told = {}
    for row in rows(page):
        name = row[0].strip("`")
        if name in RETENTION:
            number, unit = row[1].split()
            told[name] = int(number) * UNITS[unit]
    assert told == {name: kept.seconds for name, kept in RETENTION.items()}
