"""Archives of any kind: whole, cut off at every place, damaged in any byte, foreign, hostile.

Covers: bai_wx/transfer/backup/manifest.py, bai_wx/transfer/backup/reading.py
Covers: bai_wx/transfer/backup/refused.py
"""

import gzip
import random
import tarfile
from pathlib import Path

import orjson
import pytest

from bai_wx.transfer.backup.reading import verify
from bai_wx.transfer.backup.refused import BackupRefused
from tests.databases import without_sql
from tests.transfer.backup.archives import (
    archive,
    backup,
    entry,
    parts,
    with_content,
    with_entry,
    with_manifest,
)

pytestmark = without_sql

CUTS = 40
FLIPS = 150
LONG = 200_000  # bytes of a header


def refusal(path: Path, data: bytes) -> str:
    """What is said of an archive, `""` where it is whole."""
    path.write_bytes(data)
    try:
        verify(str(path), "", "")
    except BackupRefused as exc:
        return str(exc).removeprefix(f"{path} ")
    return ""


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(lambda: backup(), id="tar"),
        pytest.param(lambda: gzip.compress(backup()), id="tar.gz"),
    ],
)
def test_a_whole_backup_is_whole(data: object, tmp_path: Path) -> None:
    assert refusal(tmp_path / "a.tar", data()) == ""  # type: ignore[operator]


@pytest.mark.parametrize("compressed", [False, True], ids=["tar", "tar.gz"])
def test_a_backup_that_is_cut_off_anywhere_is_refused(compressed: bool, tmp_path: Path) -> None:
    """The zeros behind the last entry may be missing: nothing was in them."""
    whole = gzip.compress(backup()) if compressed else backup()
    end = len(whole) - 64 if compressed else whole.rindex(parts()[-1][1])
    cuts = [1, 511, 512, 513, *(end * n // CUTS for n in range(1, CUTS)), end - 1]
    said = {refusal(tmp_path / "cut.tar", whole[:cut]) for cut in cuts}
    assert said <= {"is cut off or damaged", "is no backup of bai-wx"}


def test_a_flipped_byte_is_refused_or_was_nothing(tmp_path: Path) -> None:
    """What is left whole by a flip holds what was written: the byte stood between two entries."""
    chance, whole = random.Random(18), backup()
    for place in chance.sample(range(len(whole)), FLIPS):
        data = bytearray(whole)
        data[place] ^= 1 << chance.randrange(8)
        if refusal(tmp_path / "flip.tar", bytes(data)) == "":
            assert whole[place] == 0, f"byte {place}"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"", "is no backup of bai-wx", id="empty"),
        pytest.param(b"hello" * 1000, "is no backup of bai-wx", id="a text"),
        pytest.param(
            gzip.compress(b"hello" * 1000), "is no backup of bai-wx", id="a compressed text"
        ),
        pytest.param(archive([entry("notes.txt")]), "is no backup of bai-wx", id="another tar"),
        pytest.param(
            archive([entry("backup.json", b"[]")]), "is no backup of bai-wx", id="label of a list"
        ),
        pytest.param(
            archive([entry("backup.json", b"{" * 70_000)]),
            "is no backup of bai-wx",
            id="a long label",
        ),
    ],
)
def test_what_is_no_backup_is_told_so(data: bytes, said: str, tmp_path: Path) -> None:
    assert refusal(tmp_path / "foreign.tar", data) == said


OUTSIDE = "files/tbl_attachments/../../../../etc/cron.d/x"


@pytest.mark.parametrize(
    ("part", "said"),
    [
        pytest.param(entry(OUTSIDE), "which no backup does", id="path that leads out"),
        pytest.param(entry("/etc/passwd"), "which no backup does", id="absolute path"),
        pytest.param(entry("files/a/b/.hidden"), "which no backup does", id="hidden name"),
        pytest.param(entry("files/a/b/c/d"), "which no backup does", id="too deep"),
        pytest.param(entry("database.dump"), "which no backup does", id="a second database"),
        pytest.param(entry("secret"), "which no backup does", id="a secret"),
        pytest.param(
            entry("files/a/b/link.png", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
            "which is no plain file",
            id="symbolic link",
        ),
        pytest.param(
            entry("files/a/b/link.png", type=tarfile.LNKTYPE, linkname="backup.json"),
            "which is no plain file",
            id="hard link",
        ),
        pytest.param(entry("files/a/b/p.png", type=tarfile.FIFOTYPE), "no plain file", id="pipe"),
        pytest.param(entry("files/a/b", type=tarfile.DIRTYPE), "no plain file", id="folder"),
        pytest.param(entry("files/a/b/c.png", type=tarfile.CHRTYPE), "no plain file", id="device"),
        pytest.param(entry("database.sqlite"), "twice", id="the database twice"),
        pytest.param(entry("files/a/b/c.png"), "is not what was written", id="a file nobody wrote"),
        pytest.param(
            entry("files/a/b/c.png", pax_headers={"comment": "x" * LONG}),
            "has a header of more than 65,536 bytes",
            id="a header of any length",
        ),
        pytest.param(
            entry("files/a/b/c.png", b"", pax_headers={"GNU.sparse.major": "1",
                  "GNU.sparse.minor": "0", "GNU.sparse.realsize": "1000000000000"}),
            "is cut off or damaged",
            id="a file of holes",
        ),
    ],
)  # fmt: skip
def test_a_hostile_entry_is_refused(part: object, said: str, tmp_path: Path) -> None:
    """And nothing is written by its name: only the database is unpacked, under our own."""
    assert said in refusal(tmp_path / "hostile.tar", with_entry(part))  # type: ignore[arg-type]


def test_what_swells_is_refused_before_it_fills_the_disk(tmp_path: Path) -> None:
    """200 MB of zeros in 200 KB."""
    bomb = gzip.compress(archive([parts()[0], entry("database.sqlite", bytes(200 << 20))]), 1)
    assert "swells to more than 100 times" in refusal(tmp_path / "bomb.tar.gz", bomb)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(
            lambda: with_content("files/tbl_attachments/picture00000001/a_0123456789.png", b"other"),
            "is not what was written",
            id="another file",
        ),
        pytest.param(
            lambda: with_content("database.sqlite", b"other"),
            "is damaged: database.sqlite is not what was written",
            id="another database",
        ),
        pytest.param(
            lambda: with_content("manifest.json", b"{}"),
            "is damaged: its manifest is not the one that was written",
            id="another manifest",
        ),
        pytest.param(
            lambda: with_manifest(rows={"tbl_order": 7}), "rows, and", id="rows that are not there"
        ),
        pytest.param(
            lambda: with_manifest(moment="2020-01-01 00:00:00.000Z"), "of two backups", id="moment"
        ),
        pytest.param(lambda: with_manifest(entries={}), "is not what was written", id="no entries"),
        pytest.param(lambda: archive(parts()[:-1]), "is cut off or damaged", id="no checksum"),
        pytest.param(lambda: archive(parts()[:2]), "is cut off or damaged", id="no manifest"),
        pytest.param(
            lambda: archive([parts()[0], *parts()[2:]]), "database.sqlite is missing", id="no database"
        ),
        pytest.param(
            lambda: with_content("backup.json", orjson.dumps(
                orjson.loads(parts()[0][1]) | {"format": 2, "version": "9.0"})),
            "is of bai-wx 9.0, which is newer: install that",
            id="a later format",
        ),
    ],
)  # fmt: skip
def test_what_does_not_agree_with_itself_is_refused(
    data: object, said: str, tmp_path: Path
) -> None:
    assert said in refusal(tmp_path / "wrong.tar", data())  # type: ignore[operator]
