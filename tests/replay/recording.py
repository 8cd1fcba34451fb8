"""Exchanges in a file, a line of JSON each, and what differs between two answers."""

import base64
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from tests.replay.wire import Answer, Request

ABOUT: Final = "recording.json"
AROUND: Final = 60
"""Bytes that are shown around the first difference."""
BINARY_SHOWN: Final = 200
"""Bytes that are shown of a body that is no text."""


@dataclass(frozen=True)
class Exchange:
    """A request, its answer, and the part of the recording it belongs to (see `world.PARTS`)."""

    part: str
    request: Request
    answer: Answer


class Recording:
    """A folder: `recording.json` says what was recorded on, `<part>.jsonl` holds the exchanges."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def describe(self, **about: Any) -> None:
        """Write what the recording is of."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / ABOUT).write_text(json.dumps(about, indent=2) + "\n", "utf-8")

    def about(self) -> dict[str, Any]:
        """Read what the recording is of."""
        found: dict[str, Any] = json.loads((self.folder / ABOUT).read_text("utf-8"))
        return found

    def write(self, part: str, exchanges: list[Exchange]) -> None:
        """Write the exchanges of a part."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._file(part).open("w", encoding="utf-8") as file:
            for each in exchanges:
                line = {"request": asdict(each.request), "answer": asdict(each.answer)}
                file.write(json.dumps(line, default=_text, ensure_ascii=False) + "\n")

    def read(self, part: str) -> Iterator[Exchange]:
        """Read the exchanges of a part, in their order."""
        with self._file(part).open(encoding="utf-8") as file:
            for line in file:
                found = json.loads(line)
                request, answer = _restored(found["request"]), _restored(found["answer"])
                answer["claims"] = tuple(answer["claims"])
                yield Exchange(part, Request(**request), Answer(**answer))

    def _file(self, part: str) -> Path:
        return self.folder / f"{part}.jsonl"


def _text(body: bytes) -> str | dict[str, str]:
    """Bytes in JSON: as text where they are one."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def _restored(found: dict[str, Any]) -> dict[str, Any]:
    body = found["body"]
    content = body.encode() if isinstance(body, str) else base64.b64decode(body["base64"])
    headers = tuple((name, value) for name, value in found["headers"])
    return {**found, "headers": headers, "body": content}


def differences(recorded: Answer, played: Answer) -> list[str]:
    """What differs between two answers to one request, a text each; nothing when they are equal."""
    found = [
        f"{name}: recorded {before!r}, played {now!r}"
        for name, before, now in (
            ("status", recorded.status, played.status),
            ("reason", recorded.reason, played.reason),
            ("claims of tokens", recorded.claims, played.claims),
            ("end of the connection", recorded.is_last, played.is_last),
        )
        if before != now
    ]
    if recorded.headers != played.headers:
        found.append(f"headers:\n{_lines('-', recorded)}\n{_lines('+', played)}")
    if recorded.body != played.body:
        found.append(_in_bodies(recorded.body, played.body))
    return found


def _lines(sign: str, answer: Answer) -> str:
    return "\n".join(f"  {sign} {name}: {value}" for name, value in answer.headers)


def _in_bodies(before: bytes, now: bytes) -> str:
    alike = zip(before, now, strict=False)
    shorter = min(len(before), len(now))
    place = next((place for place, (a, b) in enumerate(alike) if a != b), shorter)
    shown = slice(max(0, place - AROUND), place + AROUND)
    return (
        f"body, from byte {place} on:\n  recorded … {before[shown]!r}\n  played   … {now[shown]!r}"
    )


def in_full(number: int, recorded: Exchange, played: Answer) -> str:
    """A difference as it is reported: the request, what differs, both bodies."""
    request = recorded.request
    head = [f"{request.method} {request.target}", *(": ".join(line) for line in request.headers)]
    return "\n".join(
        (
            f"request {number} of {recorded.part} ({request.family})",
            *(f"  {line}" for line in head),
            f"  {_shown(request.body)}",
            *differences(recorded.answer, played),
            f"recorded body: {_shown(recorded.answer.body)}",
            f"played body:   {_shown(played.body)}",
        )
    )


def _shown(body: bytes) -> str:
    text = _text(body)
    return text if isinstance(text, str) else f"{len(body)} bytes: {body[:BINARY_SHOWN]!r} …"
