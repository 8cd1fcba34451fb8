"""The fields of a unique index that refused a row."""

from peewee import IntegrityError

from bai_wx.database.connection import violated
from bai_wx.record.base import Record
from bai_wx.record.problems import NOT_UNIQUE, Problems


def problems_of(model: type[Record], error: IntegrityError) -> Problems:
    """The problem of every field of the violated index; empty when the error is another one."""
    columns = model._meta.columns
    return {columns[column].name: NOT_UNIQUE for column in violated(model, error)}
