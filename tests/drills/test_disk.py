"""A disk that is full, and one that becomes read-only, under orders: nothing is lost or half there.

Covers: bai_wx/process/writable.py
"""

import os
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.drills import disks
from tests.drills.load import LISTED, at_work, compare
from tests.faults.steps import add_to_cart, embedded, eventually, outcome, upload
from tests.running import Client, Server, uploaded_files

WORKERS = 2
FULL_S = 1.5
SEES_S = 20
WRITES = 8


@embedded
def test_a_full_disk_is_503_and_is_well_again_with_room(tmp_path: Path) -> None:
    """Writes and uploads are 503, reads are answered, and it comes back by itself; what was told is there."""
    home = tmp_path / "home"
    with disks.small_disk(home, 48) as disk, Server(home, workers=WORKERS) as server:
        with at_work(server) as work:
            assert eventually(lambda: work.orders > 20)
            kept = uploaded_files(server)
            disk.fill(server)
            assert eventually(lambda: work.write().status_code == 503, SEES_S)
            work.forget_reads()
            before, full_at = work.orders, time.monotonic()
            refused = work.write()
            uploaded = upload(work.probe)
            time.sleep(FULL_S)
            reads, during = work.reads(), work.orders - before
            disk.free(server)
            freed_at = time.monotonic()
            assert eventually(lambda: work.write().status_code == 200, SEES_S)
            back_s = time.monotonic() - freed_at
            assert eventually(lambda: work.orders > before + during + 10)
        done = compare(work)
        print(
            f"\nfull for {freed_at - full_at:.1f} s ({type(disk).__name__}): writes {refused.status_code},"
            f" upload {uploaded.status_code}, orders {during}, reads {dict(reads)};"
            f" back after {back_s:.2f} s; {done}"
        )
        assert (refused.status_code, uploaded.status_code) == (503, 503)
        assert int(refused.headers["Retry-After"]) >= 1
        assert set(reads) == {200}
        assert uploaded_files(server) == kept
        assert upload(work.probe).status_code == 200
        assert done.is_clean, done
        assert "Traceback" not in server.log


@embedded
@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a file system")
def test_a_disk_that_becomes_read_only_is_503_and_is_read_on(tmp_path: Path) -> None:
    """As ext4 does when a disk fails: writes and uploads are 503, reads go on, a start is refused in a line."""
    home = tmp_path / "home"
    with disks.breakable_disk(home, 64), Server(home, workers=WORKERS) as server:
        readers = Client(server.url).login("reader"), Client(server.url)
        writer = Client(server.url).login("writer")
        assert add_to_cart(writer).status_code == 200
        disks.abort(home)
        writes = [add_to_cart(writer) for _ in range(WRITES)]
        uploaded = upload(writer).status_code
        reads = Counter(each.get(LISTED).status_code for _ in range(WRITES) for each in readers)
        carts = Counter(readers[0].hook("/cart/list").status_code for _ in range(WRITES))
        status, out, err = outcome(server.serving(0), server.environment, tmp_path)
        told = Counter(answer.status_code for answer in writes)
        print(
            f"\nread-only: writes {dict(told)}, upload {uploaded}, lists {dict(reads)}, carts {dict(carts)};"
            f" a start: exit {status}, {err.strip()}"
        )
        assert (set(told), uploaded) == ({503}, 503)
        assert all(int(answer.headers["Retry-After"]) >= 1 for answer in writes)
        assert (set(reads), set(carts)) == ({200}, {200})
        assert (status, "http://" in out) == (1, False)
        (line,) = err.splitlines()
        assert str(home) in line
        assert "Traceback" not in server.log
