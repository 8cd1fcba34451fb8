"""What the test tells a run of Schemathesis, through the environment."""

import json
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True)
class Errand:
    """Whose rows to draw from, and where to write the counts."""

    url: str
    token: str
    openid: str
    is_guest: bool
    seed: str
    counts: str

    def to_text(self) -> str:
        """For the environment."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """From the environment."""
        return cls(**json.loads(text))
