"""The arenas that glibc's allocator keeps for a process's threads, as Linux shows them."""

import re
from itertools import pairwise
from pathlib import Path

HEAP_BYTES = 64 * 1024 * 1024  # of address space, which an arena's heap begins with
MAPPING = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) (\S{4}) 00000000 00:00 0\s*$", re.MULTILINE)


def arenas(pid: int) -> int:
    """How many heaps the threads of a process have beside its own, the first thread's."""
    found = MAPPING.findall(Path(f"/proc/{pid}/maps").read_text())
    return sum(
        access == "rw-p"
        and next_access == "---p"
        and end == next_start
        and _is_heap(start, next_end)
        for (start, end, access), (next_start, next_end, next_access) in pairwise(found)
    )


def _is_heap(start: str, end: str) -> bool:
    return int(start, 16) % HEAP_BYTES == 0 and int(end, 16) - int(start, 16) == HEAP_BYTES
