"""The server of the tests: a start that fails leaves nothing running."""

import re
import sys
from pathlib import Path

import pytest

from tests.conftest import SLOW_FIRST
from tests.running import Server


class Elsewhere(Server):
    """Serves files instead: it tells an address, and has no health path."""

    def serving(self, port: int) -> list[str]:
        program = (
            "import http.server as h, sys\n"
            "desk = h.ThreadingHTTPServer(('127.0.0.1', 0), h.SimpleHTTPRequestHandler)\n"
            "print(f'serves http://127.0.0.1:{desk.server_port} with nothing', flush=True)\n"
            "print('a word for the log', file=sys.stderr, flush=True)\n"
            "desk.serve_forever()"
        )
        return [sys.executable, "-c", program]


@pytest.mark.parametrize(
    ("kind", "settings", "logged"),
    [
        pytest.param(Server, {"BAI_WX_SECRET": "short"}, "BAI_WX_SECRET is too short", id="ends"),
        pytest.param(Elsewhere, {}, "a word for the log", id="not healthy"),
    ],
)
def test_a_failed_start_is_stopped_and_reaped(
    tmp_path: Path, kind: type[Server], settings: dict[str, str], logged: str
) -> None:
    """The process is waited for, its pipe closed, and its log told."""
    server = kind(tmp_path / "home", **settings)
    with pytest.raises(AssertionError, match=logged):
        server.start()
    process = server.process
    assert process is not None
    assert process.stdout is not None
    assert (process.returncode is not None, process.stdout.closed) == (True, True)


def test_each_slow_file_is_there() -> None:
    """Those that the tests begin with, and those that a run on PostgreSQL leaves out."""
    here = Path(__file__).parent
    tox = (here.parent / "tox.ini").read_text("utf-8")
    named = [*SLOW_FIRST, *re.findall(r"--ignore tests/(\S+?)[\s}]", tox)]
    assert [name for name in named if not (here / name).exists()] == []
