"""Threads share two of glibc's arenas. `tests/faults/test_slow.py` looks at a worker under attack."""

import subprocess
import sys

import pytest

from tests.arenas import arenas
from tests.tree import ROOT

PROGRAM = """
import sys, threading
from bai_wx.process.allocator import give_memory_back

taken, done = threading.Barrier(17), threading.Event()

def take():
    block = bytes(100_000)
    taken.wait()
    done.wait()

if sys.argv[1] == "bounded":
    give_memory_back()
for _ in range(16):
    threading.Thread(target=take).start()
taken.wait()
print(flush=True)
sys.stdin.read()
done.set()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator")
@pytest.mark.parametrize(
    ("how", "least", "most"),
    [
        pytest.param("unbounded", 4, 16, id="as glibc does it"),
        pytest.param("bounded", 1, 1, id="one beside the first thread's"),
    ],
)
def test_sixteen_threads_take_memory(how: str, least: int, most: int) -> None:
    command = [sys.executable, "-c", PROGRAM, how]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"\n"
        found = arenas(run.pid)
        run.communicate(timeout=10)
    assert least <= found <= most
    assert run.returncode == 0
