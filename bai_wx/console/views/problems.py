"""What a form tells of a write that was refused, in the language of the request."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from bai_wx.console import times
from bai_wx.console.words import now
from bai_wx.console.writing import Changed, Difference, Invalid

WHOLE_FORM: Final = "_form"
"""The key of an error that is about a form as a whole."""


def of_invalid(problem: Invalid, shown: frozenset[str]) -> dict[str | int, Any]:
    """The errors by field; what is about a field that the form does not show is about the whole form."""
    said = {name: now(*texts) for name, texts in problem.problems.items()}
    told: dict[str | int, Any] = {name: text for name, text in said.items() if name in shown}
    rest = [f"{name}: {text}" if name else text for name, text in said.items() if name not in shown]
    if rest:
        told[WHOLE_FORM] = "\n".join(rest)
    return told


def of_changed(problem: Changed, titles: Mapping[str, str]) -> dict[str | int, Any]:
    """Who changed the row meanwhile, and what. Saving once more writes over it, knowingly."""
    at = times.shown(problem.at)
    by = problem.by or now("其他人", "somebody else")
    lines = [
        now(
            f"保存前，{by} 已于 {at} 修改了这条记录，您的修改尚未保存。"
            "请核对以下内容，再次保存将以表单中的内容为准。",
            f"{by} changed this at {at}, before you saved. Nothing of yours is saved yet."
            " Look at the differences; saving again keeps what the form says.",
        ),
        *(_line(each, titles) for each in problem.differences if each.now != each.yours),
    ]
    return {WHOLE_FORM: "\n".join(lines)}


def _line(each: Difference, titles: Mapping[str, str]) -> str:
    title, present, yours = titles.get(each.field, each.field), _text(each.now), _text(each.yours)
    if each.is_untouched:
        return now(
            f"· {title}：现为 {present}，已填入表单", f"· {title}: now {present}, as the form says"
        )
    return now(
        f"· {title}：现为 {present}，您填写 {yours}", f"· {title}: now {present}, yours {yours}"
    )


def _text(value: Any) -> str:
    if isinstance(value, str):
        return f"“{value}”"
    return orjson.dumps(value).decode() if value is not None else "—"
