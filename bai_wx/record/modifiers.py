"""Changes that a client asks of a field's present value: `views+` adds, `pictures-` takes away.

Each table is by modifier; `f` stands for the field's name, since some modifiers precede it. A change
gets the field's `from_client`, the present value and what is sent. It returns the new value.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bai_wx.record import ids
from bai_wx.record.loose_values import items, text

Read = Callable[[Any], Any]
Change = Callable[[Read, Any, Any], Any]


def _plus(read: Read, present: Any, sent: Any) -> Any:
    return present + read(sent)


def _minus(read: Read, present: Any, sent: Any) -> Any:
    return present - read(sent)


def _appended(read: Read, present: Any, sent: Any) -> Any:
    return read(items([*items(present), *items(sent)]))


def _prepended(read: Read, present: Any, sent: Any) -> Any:
    return read(items([*items(sent), *items(present)]))


def _without(read: Read, present: Any, sent: Any) -> Any:
    removed = set(items(sent))
    return read([item for item in items(present) if item not in removed])


def _as_sent(read: Read, present: Any, sent: Any) -> str:
    # PocketBase generates the rest of a text by its pattern; of all texts only an id has one.
    return text(sent)


def _with_record_id(read: Read, present: Any, sent: Any) -> str:
    return text(sent) + ids.record_id()


OF_NUMBERS: Final[Mapping[str, Change]] = {"f+": _plus, "f-": _minus}
OF_CHOICES: Final[Mapping[str, Change]] = {"f+": _appended, "+f": _prepended, "f-": _without}
OF_TEXTS: Final[Mapping[str, Change]] = {"f:autogenerate": _as_sent}
OF_RECORD_IDS: Final[Mapping[str, Change]] = {"f:autogenerate": _with_record_id}
