"""Which fields a unique index refused."""

from peewee import IntegrityError

from bai_wx.database.connection import violated
from bai_wx.record.base import Record
from bai_wx.record.problems import NOT_UNIQUE, Problems


def problems_of(model: type[Record], error: IntegrityError) -> Problems:
    """Note every field of the violated index; nothing when the error says something else."""
    columns = model._meta.columns
    return {columns[column].name: NOT_UNIQUE for column in violated(model, error)}
