"""The tables that the console alone needs."""

from typing import Final

from peewee import Model

from bai_wx.console.accounts.operators import Operator
from bai_wx.console.accounts.sessions import OperatorSession
from bai_wx.console.accounts.throttle import KnownClient, LoginFailure
from bai_wx.console.audit import AuditEntry, AuditPass
from bai_wx.console.notes import NoteRow
from bai_wx.console.transfers.imports import ImportRow
from bai_wx.transfer.loading.journal import JournalRow

CONSOLE_TABLES: Final[tuple[type[Model], ...]] = (
    AuditEntry,
    AuditPass,
    NoteRow,
    ImportRow,
    JournalRow,
    Operator,
    OperatorSession,
    LoginFailure,
    KnownClient,
)
