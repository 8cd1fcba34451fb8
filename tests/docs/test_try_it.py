"""The session of docs/try-it.md is run, word for word, against a real server."""

import json
import os
import re
import subprocess
from typing import Any

import pytest

from tests.docs.pages import blocks, part
from tests.running import Server

PAGE = "docs/try-it.md"
ADDRESS = "http://127.0.0.1:8090"
DIVIDER = "--- the next answer ---"
RANDOM_KEYS = re.compile(r"pb_id|id|token|created|updated|order_source_id|\w+_(id|number|create)")
"""Keys whose values differ from run to run, so that only their kind is compared."""

Step = tuple[str, Any]


def steps() -> list[Step]:
    """The session as pairs: what is typed, and the JSON that is answered."""
    found = blocks(part(PAGE, "session"))
    assert [language for language, _ in found] == ["bash", "json"] * (len(found) // 2)
    return [
        (typed, json.loads(answer))
        for (_, typed), (_, answer) in zip(found[::2], found[1::2], strict=True)
    ]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Step], list[str]]:
    """The page's steps, and what bash printed for each on a server nobody has used."""
    shown = steps()
    typed = f"\necho '{DIVIDER}'\n".join(step for step, _ in shown)
    with Server(tmp_path_factory.mktemp("try-it") / "home") as server:
        environment = {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", typed.replace(ADDRESS, server.url)],
            capture_output=True,
            text=True,
            timeout=60,
            env=environment,
            cwd=server.home,
        )
    assert done.returncode == 0, done.stderr
    return shown, done.stdout.split(DIVIDER)


def alike(shown: Any, answered: Any, key: str = "") -> bool:
    """Whether two answers have the same keys and values, random values aside."""
    if isinstance(shown, dict) and isinstance(answered, dict):
        return shown.keys() == answered.keys() and all(
            alike(value, answered[name], name) for name, value in shown.items()
        )
    if isinstance(shown, list) and isinstance(answered, list):
        return len(shown) == len(answered) and all(map(alike, shown, answered))
    if RANDOM_KEYS.fullmatch(key):
        return type(shown) is type(answered) and bool(shown) == bool(answered)
    return bool(shown == answered)


def test_the_session_answers_what_the_page_shows(session: tuple[list[Step], list[str]]) -> None:
    shown, printed = session
    for (typed, answer), output in zip(shown, printed, strict=True):
        assert alike(answer, json.loads(output)), f"{typed}\nanswered {output}"
