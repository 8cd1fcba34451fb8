"""wrk, asking one server the requests of a list in turn."""

import re
import subprocess
import tempfile
from pathlib import Path

from bench.peers import Peer

CONNECTIONS = 16


def measure(peer: Peer, lines: list[str], seconds: int, *, connections: int = CONNECTIONS) -> float:
    """Requests a second that wrk got through; any answer but 2xx is an error."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s"]
        command += [str(Path(__file__).parent / "rotate.lua"), peer.url, "--", file.name]
        out = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=seconds + 30
        ).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise RuntimeError(f"{peer.name} failed requests:\n{out}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", out)
    assert found, out
    return float(found[1])
