"""The machine of docs/moving-from-pocketbase.md: its folders below one of the test's, a shell, and units.

There is no systemd where tests run. `systemctl` is a program that starts, stops and reloads what the units'
`ExecStart` and `ExecReload` say.
"""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

PATIENCE_S: Final = 240
DIVIDER: Final = "--- the next block ---"

SYSTEMCTL: Final = """#!{python}
import os, shlex, signal, subprocess, sys, time
from pathlib import Path

ROOT = Path({root!r})
verb, unit = sys.argv[1], sys.argv[-1]
lines = (ROOT / "etc/systemd/system" / f"{{unit}}.service").read_text().splitlines()
said = dict(line.partition("=")[::2] for line in lines if "=" in line)
where = said.get("WorkingDirectory", str(ROOT))
note = ROOT / "run" / f"{{unit}}.pid"


def is_alive(pid):
    try:
        return Path(f"/proc/{{pid}}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


if verb == "reload":
    subprocess.run(shlex.split(said["ExecReload"]), cwd=where, check=True)
elif verb in ("start", "enable"):
    with (ROOT / "run" / f"{{unit}}.log").open("ab") as log:
        pipes = {{"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}}
        line = shlex.split(said["ExecStart"])
        made = subprocess.Popen(line, cwd=where, start_new_session=True, **pipes)
    note.write_text(str(made.pid))
elif verb == "stop" and note.exists():
    pid = int(note.read_text())
    os.kill(pid, signal.SIGTERM)
    while is_alive(pid):
        time.sleep(0.02)
    note.unlink()
"""


class Machine:
    """Folders, programs and one shell. `renamed` are the names on the page, and what they are here."""

    def __init__(self, root: Path, renamed: Mapping[str, str]) -> None:
        self.root = root
        self._renamed = {"/srv/": f"{root}/srv/", "/etc/": f"{root}/etc/", **renamed}
        self._bin = root / "bin"
        for folder in ("bin", "run", "etc/systemd/system", "etc/caddy", "srv/bai-wx/venv/bin"):
            (root / folder).mkdir(parents=True)
        self.add_program("bin/systemctl", SYSTEMCTL.format(python=sys.executable, root=str(root)))
        self.add_program("bin/sudo", '#!/bin/sh\nexec "$@"\n')
        self._shell: subprocess.Popen[str] | None = None
        self._watchdog = threading.Timer(PATIENCE_S, self._end)

    def here(self, text: str) -> str:
        """A text of the page with the names of this machine."""
        for name, ours in self._renamed.items():
            text = text.replace(name, ours)
        return text

    def add_program(self, path: str, text: str) -> None:
        """Write a program."""
        (self.root / path).write_text(text, "utf-8")
        (self.root / path).chmod(0o755)

    def add_file(self, path: str, text: str) -> None:
        """Write a file as it stands on the page, by its path there."""
        Path(self.here(path)).write_text(self.here(text), "utf-8")

    def follow(self, block: str, pasted: str = "") -> str:
        """Type a block of the page; `pasted` is what its `read` gets. Returns: what it printed.

        Raises: `AssertionError` where a line of it fails.
        """
        assert self._shell is not None
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        typed = self.here(block)
        if pasted:
            head, read, rest = typed.partition("read -r TOKEN\n")
            typed = f"{head}{read}{pasted}\n{rest}"
        self._shell.stdin.write(f"{typed}\necho '{DIVIDER}'\n")
        self._shell.stdin.flush()
        printed: list[str] = []
        for line in self._shell.stdout:
            last, is_end, _ = line.partition(DIVIDER)
            printed.append(last)
            if is_end:
                return "".join(printed)
        raise AssertionError(f"{block}\nsaid\n{''.join(printed)}\n{self._logs()}")

    def _logs(self) -> str:
        logs = [*(self.root / "run").glob("*.log"), self.root / "srv/bai-wx/compare.log"]
        return "\n".join(path.read_text(errors="replace")[-2000:] for path in logs if path.exists())

    def _end(self) -> None:
        assert self._shell is not None
        self._shell.kill()

    def __enter__(self) -> Self:
        inherited = {
            k: v for k, v in os.environ.items() if not k.startswith(("BAI_WX_", "WECHAT_"))
        }
        self._shell = subprocess.Popen(
            ["bash", "-eu"],
            cwd=self.root,
            env={
                **inherited,
                "PATH": f"{self._bin}{os.pathsep}{os.environ['PATH']}",
                "BAI_WX_CHECK_RESPONSES": "1",
                "BAI_WX_LIMITS": "off",
                "BAI_WX_QUOTAS": "off",
                "NO_PROXY": "127.0.0.1",
                "no_proxy": "127.0.0.1",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._watchdog.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._watchdog.cancel()
        assert self._shell is not None
        if self._shell.poll() is None:
            self.follow('if [ -n "${COMPARED-}" ]; then kill "$COMPARED" 2>/dev/null || true; fi')
        self._shell.kill()
        self._shell.communicate()
        for unit in (self.root / "run").glob("*.pid"):
            subprocess.run([self._bin / "systemctl", "stop", unit.stem], check=True, timeout=60)
        shutil.rmtree(self.root / "srv", ignore_errors=True)
