"""系统字典 (`tbl_system_dict`)."""

from functools import partial

from bai_wx.record import ids
from bai_wx.record.base import Record, index_newest_first
from bai_wx.record.fields import Text


class Dictionary(Record):
    """字典记录。"""

    system_dict_id = Text(
        64, default=partial(ids.business_id, "DICT"), unique=True, server_made=True
    )
    dict_name = Text(required=True, unique=True)
    dict_word_enum = Text()
    dict_word_description = Text()
    dict_word_is_enabled = Text()
    dict_word_sort_order = Text()
    dict_parent_id = Text()
    dict_remark = Text()

    class Meta:
        table_name = "tbl_system_dict"
        indexes = ((("is_delete", "seq"), False),)


index_newest_first(Dictionary, "is_delete")
