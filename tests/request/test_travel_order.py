"""The room's own page: its docstring names every module, in the order a request travels."""

import re
from pathlib import Path

import bai_wx.request


def test_the_room_names_each_of_its_modules() -> None:
    """Whoever adds a module says where on the way it stands."""
    said = set(re.findall(r"`(\w+)`", bai_wx.request.__doc__ or ""))
    modules = {path.stem for path in Path(bai_wx.request.__path__[0]).glob("[!_]*.py")}
    assert modules <= said
