"""From a client's body to column values. Nothing is refused here; `validate` names what is wrong."""

from collections.abc import Mapping
from typing import Any

from bai_wx.dialect import layout
from bai_wx.record.base import Record


def coerced(
    model: type[Record], body: Mapping[str, Any], stored: Mapping[str, Any]
) -> dict[str, Any]:
    """Read every visible field of the body; unknown keys are left out.

    A key with a modifier, as `number+`, changes what `stored` holds, or what the same body sets.
    Keys are read shortest first. Raises: `BadQuery` for JSON that is nested too deeply to be kept.
    """
    fields = layout.of(model).fields
    values: dict[str, Any] = {}
    for key in sorted(body, key=len):
        if key in fields:
            values[key] = fields[key].from_client(body[key])
            continue
        name, modifier = _modified(key)
        field = fields.get(name)
        change = field.modifiers.get(modifier) if field else None
        if field is not None and change is not None:
            present = values.get(name, stored.get(name, field.zero))
            values[name] = change(field.from_client, present, body[key])
    return values


def _modified(key: str) -> tuple[str, str]:
    """The field and the modifier of a key: `views+` is `views` and `f+`."""
    if key.startswith("+"):
        return key[1:], "+f"
    if key.endswith(("+", "-")):
        return key[:-1], f"f{key[-1]}"
    name, _, modifier = key.partition(":")
    return name, f"f:{modifier}"
