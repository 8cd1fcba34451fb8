"""What a chosen difference says: each side's own answer to one case."""

from dataclasses import dataclass
from typing import Any

from tests.conformance.compare import Case
from tests.running import Answer


@dataclass(frozen=True)
class Said:
    """What one side answers: its status, and a part of its JSON, looked for to any depth."""

    status: int
    json: Any = None

    def meets(self, answer: Answer) -> bool:
        """Whether this is what was answered."""
        if answer.status != self.status:
            return False
        return self.json is None or _holds(answer.json(), self.json)


def _holds(value: Any, part: Any) -> bool:
    if isinstance(value, dict) and isinstance(part, dict):
        return all(name in value and _holds(value[name], inner) for name, inner in part.items())
    return bool(value == part)


@dataclass(frozen=True)
class Difference:
    """A case that both sides answer, each in its own way."""

    case: Case
    ours: Said
    theirs: Said
