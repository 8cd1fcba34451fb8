"""Where backups are made: two at once do not take each other's folder for one that was left.

Covers: bai_wx/transfer/backup/targets.py
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bai_wx.transfer.backup.targets import UNFINISHED, workshop
from tests.databases import without_sql

TIMES = 300


@without_sql
def test_two_workshops_that_begin_at_once_stay(tmp_path: Path) -> None:
    """And what a killed backup has left goes."""
    (tmp_path / f"{UNFINISHED}left").mkdir()

    def work(_: int) -> None:
        with workshop(tmp_path) as folder:
            (folder / "archive").write_text("")

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(work, range(TIMES)))
    assert not list(tmp_path.iterdir())
