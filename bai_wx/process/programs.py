"""The commands that start a function of ours in a process of its own."""

import sys
from pathlib import Path
from typing import Final

PROGRAM: Final = """
import sys
libraries = (i for i, path in enumerate(sys.path) if path.endswith("-packages"))
sys.path.insert(next(libraries, len(sys.path)), sys.argv[1])
from bai_wx.process.quiet import quiet_import
with quiet_import():
    from bai_wx.process.{module} import {function}
sys.exit({function}(*sys.argv[2:]))
"""
"""The arguments are our folder and the function's.

Our folder comes before the libraries, where another copy of ours may be installed, and after Python's own.
"""


def program(module: str, function: str) -> list[str]:
    """The command that runs a function of a module of this room."""
    # -P: what lies in the working directory is not ours, whatever it is called.
    root = str(Path(__file__).resolve().parents[2])
    return [sys.executable, "-P", "-c", PROGRAM.format(module=module, function=function), root]
