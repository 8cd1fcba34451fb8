"""Whether an answer is the one an example shows, where every run makes ids, numbers and times anew.

Ids are compared by renaming: the first time an example shows a generated id, the answer's own
stands for it, and from then on everywhere, within paths and requests too. So examples that belong
together must stay together. Ids of the demo shop stand for themselves.
"""

import re
from collections.abc import Iterator
from typing import Any

RENAMED = {
    *("id", "pb_id", "users_id", "company_id", "attachments_id", "attachments_link"),
    *("cart_id", "cart_number", "order_id", "order_number"),
}
"""Keys whose values the server makes anew in each run."""

TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z")
LOOSE = {
    **dict.fromkeys(("created", "updated", "cart_create", "order_create"), TIME),
    # Two of one second are the same token, two of different seconds are not.
    "token": re.compile(r"[\w-]+\.[\w-]+\.[\w-]+"),
    "LastModified": re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"),
    "RetryAfter": re.compile(r"[1-9]\d{0,2}"),
}
"""Keys of which only the form is compared."""


class Renaming:
    """What this run's ids are called in the examples, learnt while answers are compared."""

    def __init__(self) -> None:
        self._new: dict[str, str] = {}
        self._fixed: set[str] = set()

    def fix(self, value: Any, key: str = "") -> None:
        """Have the ids and times within an answer stand for themselves."""
        for name, child in _children(value):
            self.fix(child, name if isinstance(value, dict) else key)
        if isinstance(value, str) and value and key in RENAMED | LOOSE.keys():
            self._fixed.add(value)

    def translated(self, shown: Any) -> Any:
        """What an example shows, with this run's ids in the place of those of its own run."""
        if isinstance(shown, dict):
            return {name: self.translated(child) for name, child in shown.items()}
        if isinstance(shown, list):
            return [self.translated(child) for child in shown]
        if isinstance(shown, str):
            for old, new in self._new.items():
                shown = shown.replace(old, new)
        return shown

    def differences(self, shown: Any, answered: Any, key: str, at: str = "") -> Iterator[str]:
        """Say where the answer is not what the example shows; learn the ids it shows first."""
        if type(shown) is not type(answered):
            yield f"{at}: shown {shown!r}, answered {answered!r}"
        elif isinstance(shown, dict) and shown.keys() != answered.keys():
            yield f"{at}: keys {sorted(shown.keys() ^ answered.keys())} on one side only"
            # The rest is compared too: the story goes on with the ids that it shows.
            common = shown.keys() & answered.keys()
            shown, answered = ({name: it[name] for name in common} for it in (shown, answered))
            yield from self.differences(shown, answered, key, at)
        elif isinstance(shown, list) and len(shown) != len(answered):
            yield f"{at}: {len(shown)} items shown, {len(answered)} answered"
        elif isinstance(shown, dict | list):
            for name, child in _children(shown):
                inner = name if isinstance(shown, dict) else key
                yield from self.differences(child, answered[name], inner, f"{at}/{name}")
        elif not self._agree(shown, answered, key):
            yield f"{at}: shown {shown!r}, answered {answered!r}"

    def _agree(self, shown: Any, answered: Any, key: str) -> bool:
        if self.translated(shown) == answered:
            return True
        if not {shown, answered}.isdisjoint(self._fixed):
            return False
        if key in LOOSE:
            return all(LOOSE[key].fullmatch(str(value)) for value in (shown, answered))
        return key in RENAMED and self._learn(shown, answered)

    def _learn(self, old: str, new: str) -> bool:
        """Take a pair of names in, unless one of the two is known by another."""
        is_free = old and new and old not in self._new and new not in self._new.values()
        if is_free:
            self._new[old] = new
        return bool(is_free)


def _children(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    if isinstance(value, list):
        yield from enumerate(value)
