"""Errors of a command or a start that an operator can mend, each told in one line."""

import peewee

from bai_wx.contract.files import ContractError
from bai_wx.errors import ApiError
from bai_wx.process.listening import ListenError
from bai_wx.process.settings import SettingsError
from bai_wx.transfer.backup.refused import BackupRefused
from bai_wx.transfer.importer import ImportRefused
from bai_wx.wechat.standin import StandInRefused

EXPECTED_ERRORS = (
    SettingsError,
    ListenError,
    StandInRefused,
    ContractError,
    ImportRefused,
    BackupRefused,
    ApiError,
    peewee.DatabaseError,
    peewee.InterfaceError,
    OSError,
)
"""Any other error is a defect of ours and leaves a trace in the log."""


def one_line(problem: Exception) -> str:
    """What went wrong, in one line."""
    if isinstance(problem, ApiError):
        return problem.detail or problem.code
    if isinstance(problem, OSError) and problem.strerror:
        return f"{problem.filename}: {problem.strerror}" if problem.filename else problem.strerror
    return (
        " ".join(str(problem).split())
        if isinstance(problem, peewee.PeeweeException)
        else str(problem)
    )
