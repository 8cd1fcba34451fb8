"""The demo shop has an operator whose password is printed, another one at each start.

Covers: bai_wx/process/demo_operator.py
"""

from pathlib import Path

import pytest
from peewee import Database

from bai_wx.console.accounts import demo, sessions
from bai_wx.console.accounts.errors import LoginRefused
from bai_wx.console.accounts.login import log_in
from bai_wx.console.accounts.operators import Operator
from bai_wx.database.connection import connect, disconnect
from bai_wx.process.quiet import quiet_import
from bai_wx.process.settings import Settings
from models.company import Company
from tests.cli.commands import home_at
from tests.console.accounts.people import ADDRESS

with quiet_import():
    from bai_wx.process.serve import prepare


def test_each_start_makes_another_password(database: Database) -> None:
    """The one before no longer opens anything, and its sessions have ended."""
    first = demo.renew()
    cookie = log_in("demo", first, "", ADDRESS, "")
    second = demo.renew()
    assert sessions.acting(cookie, ADDRESS) is None
    with pytest.raises(LoginRefused):
        log_in("demo", first, "", ADDRESS, "")
    assert log_in("demo", second, "", ADDRESS, "")
    assert [each.role for each in Operator.listed()] == ["admin"]


def test_only_the_demo_shop_has_it(tmp_path: Path) -> None:
    """A start without `--demo` makes none; nor does one with it in a shop of one's own."""
    settings = Settings.from_environment(home_at(tmp_path), tmp_path)
    assert prepare(settings) == ""
    connect(settings.database)
    Company.create(company_name="自己的店")
    disconnect()
    assert prepare(settings, demo=True) == ""
    connect(settings.database)
    assert Operator.listed() == []
    disconnect()
