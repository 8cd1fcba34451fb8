"""A home of the test's own, and the command line on it."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from bai_wx.cli.main import main
from bai_wx.process.settings import Settings
from tests.cli.commands import Rows, Run, home_at
from tests.running import keep_validity, note_validity


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An empty home."""
    return Settings.from_environment(home_at(tmp_path / "home"), tmp_path)


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs `bai-wx` on the home; stdout and stderr apart."""
    for name in [n for n in os.environ if n.startswith(("BAI_WX_", "WECHAT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str, stdin: str | None = None, **environment: str) -> Result:
        own = {"BAI_WX_HOME": str(settings.home), "BAI_WX_DATABASE": settings.database}
        given = own | environment
        if "import" in arguments:
            note_validity(settings.home)
        result = CliRunner().invoke(main, arguments, stdin, given, prog_name="bai-wx")
        keep_validity(settings.home)
        return result

    return command


@pytest.fixture
def bring(run: Run, tmp_path: Path) -> Callable[..., Result]:
    """Imports rows by collection from files of its own."""

    def command(**rows: Rows) -> Result:
        folder = tmp_path / f"import-{time.monotonic_ns()}"
        folder.mkdir()
        for name, values in rows.items():
            lines = (orjson.dumps(value) + b"\n" for value in values)
            (folder / f"{name}.jsonl").write_bytes(b"".join(lines))
        return run("import", str(folder), "--json")

    return command
