"""A contract's value as operators read it in the log and among what was deleted."""

from typing import Any

import orjson

from bai_wx.console import times
from bai_wx.console.words import now
from bai_wx.record.base import Record
from bai_wx.record.fields import Bool, Date, Money

MINUTES_AND_SECONDS = "%Y-%m-%d %H:%M:%S"


def text(model: type[Record] | None, name: str, value: Any) -> str:
    """The text of a value: amounts with ¥, moments in Beijing's time, lists on several lines.

    `model` is None for what belongs to no collection of the shop. An unset value is `""`.
    """
    field = model.record_fields().get(name) if model is not None else None
    if value is None or value == "" or value == []:
        return ""
    if isinstance(field, Money) and isinstance(value, (int, float)):
        return f"¥{value:,.2f}"
    if isinstance(field, Date):
        return times.shown(str(value), MINUTES_AND_SECONDS) or str(value)
    if isinstance(field, Bool) or isinstance(value, bool):
        return now("是", "yes") if value else now("否", "no")
    if isinstance(value, (list, dict)):
        return _listed(value)
    return str(value)


def _listed(value: Any) -> str:
    """A list as lines, an item each, where its items are plain; other JSON indented."""
    if isinstance(value, list):
        items = [_item(each) for each in value]
        if all(item is not None for item in items):
            return "\n".join(filter(None, items))
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _item(item: Any) -> str | None:
    """An item of a list as a line; None where it holds lists or objects itself."""
    if not isinstance(item, dict):
        return None if isinstance(item, list) else str(item)
    if any(isinstance(each, (list, dict)) for each in item.values()):
        return None
    return " · ".join(f"{name}: {each}" for name, each in item.items() if each not in ("", None))
