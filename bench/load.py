"""wrk, asking one server the requests of a workload in turn."""

import json
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.failures import LoadFailed
from bench.memory import rss_mib
from bench.peers import Peer
from bench.results import Load
from bench.workloads import Ask, Workload

CONNECTIONS = 16
SCRIPT = Path(__file__).parent / "turns.lua"
PATIENCE_S = 60


def measure(
    peer: Peer, workload: Workload, seconds: int, *, connections: int = CONNECTIONS
) -> Load:
    """Ask for so long; the turns go on where the last measurement of the workload left off.

    Raises: `LoadFailed` for any answer from 400 up, any broken connection, and no answer at all.
    """
    asks = workload.asks(peer.prefix, peer.sample, peer.token)
    said, memory = _wrk(peer, asks, peer.sent[workload.key], seconds, connections)
    # What is in flight at the end is not in wrk's count; its pairs and codes are spent all the same.
    peer.sent[workload.key] += said["requests"] + connections
    if said["refused"] or said["broken"]:
        raise LoadFailed(
            f"{workload.key} ({workload.title}): {peer.name} refused {said['refused']} of"
            f" {said['requests']} requests and broke {said['broken']}; see {peer.log}"
        )
    if not said["requests"]:
        raise LoadFailed(
            f"{workload.key} ({workload.title}): {peer.name} answered none in {seconds} s"
        )
    rate = said["requests"] / said["seconds"]
    bytes_each = said["bytes"] / said["requests"]
    return Load(rate, said["p50_ms"], said["p99_ms"], said["requests"], memory, bytes_each)


def _wrk(
    peer: Peer, asks: Sequence[Ask], sent: int, seconds: int, connections: int
) -> tuple[dict[str, Any], float]:
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.writelines("\t".join(ask) + "\n" for ask in asks)
        file.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s"]
        command += ["-s", str(SCRIPT), peer.url, "--", file.name, str(sent), peer.code_prefix]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as wrk:
            try:
                time.sleep(seconds / 2)
                memory = rss_mib(peer.pid)
                out, _ = wrk.communicate(timeout=seconds + PATIENCE_S)
            except BaseException:
                wrk.kill()
                raise
    if wrk.returncode:
        raise LoadFailed(f"wrk ended with {wrk.returncode}: {out}")
    said: dict[str, Any] = json.loads(out.splitlines()[-1])
    return said, memory
