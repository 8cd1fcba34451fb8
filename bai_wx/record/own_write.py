"""The table of who wrote public rows last, which `bai_wx.database.own_writes` fills and reads.

Only PostgreSQL has it.
"""

from peewee import BigIntegerField, Model

from bai_wx.database.connection import database


class OwnWrite(Model):
    """A slot of users, the number of the transaction in which one of them wrote, and when, in Unix ms."""

    slot = BigIntegerField(primary_key=True)
    xact = BigIntegerField()
    at = BigIntegerField()

    class Meta:
        database = database
        legacy_table_names = False
        table_name = "own_write"
