"""Zip archives from outside. What one may unpack to is known before anything is unpacked.

`zipfile` reads no more of an entry than the entry's declared size, so the declared sizes are the real bounds.
Nothing is written to a path that an archive names.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bai_wx.transfer.sheets.table import TableRefused, refusal

ENCRYPTED: Final = 1
"""The bit of an entry's flags that says it is encrypted."""
UTF8_NAME: Final = 0x800
"""The bit that says its name is UTF-8."""
FREE_RATIO_BYTES: Final = 16 * 1024 * 1024
"""So much may be unpacked whatever it was packed to."""
BYTES_OF_ENTRY: Final = 256
"""What an entry has of the directory on average: 46 bytes, its name, and remarks."""
END_SEARCHED: Final = 66_000
"""The bytes of the end in which the directory's own record stands. A comment of 65,535 may stand behind it."""
ENDS: Final = ((b"PK\x05\x06", 12, 4), (b"PK\x06\x06", 40, 8))
"""How that record begins, where the directory's size stands in it, its bytes. The second is of large files."""
WRITTEN_ELSEWHERE: Final = 0xFFFF_FFFF
BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # a kind of packing that Python does not know
    OSError,
    RuntimeError,  # a password is missing
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold: entries, bytes unpacked, and bytes unpacked for one that is packed."""

    entries: int
    unpacked: int
    ratio: int


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """Open an archive. Raises: `TableRefused` for one that is damaged, encrypted or too large."""
    with broken_is_refused():
        if _directory_bytes(path) > limits.entries * BYTES_OF_ENTRY:
            raise _too_many(limits)
        with zipfile.ZipFile(path) as archive:
            check(archive, limits)
            yield archive


def check(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Check what the archive declares. Raises: `TableRefused`."""
    infos = archive.infolist()
    if len(infos) > limits.entries:
        raise _too_many(limits)
    if any(info.flag_bits & ENCRYPTED for info in infos):
        raise refusal(
            "文件有密码，请取消密码后再上传", "The file is encrypted; remove its password."
        )
    if sum(info.file_size for info in infos) > limits.unpacked or any(
        _is_bomb(info, limits.ratio) for info in infos
    ):
        raise refusal(
            f"文件解压后过大，最多 {limits.unpacked // 1024**2} MB",
            f"The file unpacks to more than {limits.unpacked // 1024**2} MB, or is packed too densely.",
        )


def _directory_bytes(path: Path) -> int:
    """The size of an archive's directory, which `zipfile` reads as a whole; 0 where it is not found."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - END_SEARCHED, 0))
        end = file.read()
    found = [
        int.from_bytes(end[at + start : at + start + length], "little")
        for mark, start, length in ENDS
        if (at := end.rfind(mark)) >= 0
    ]
    return max((size for size in found if size != WRITTEN_ELSEWHERE), default=0)


def _too_many(limits: Limits) -> TableRefused:
    return refusal(
        f"压缩包内的文件过多，最多 {limits.entries} 个",
        f"The archive has more than {limits.entries} entries.",
    )


def _is_bomb(info: zipfile.ZipInfo, ratio: int) -> bool:
    return info.file_size > FREE_RATIO_BYTES and info.file_size > ratio * info.compress_size


@contextmanager
def broken_is_refused() -> Iterator[None]:
    """Turn what a damaged archive raises into `TableRefused`."""
    try:
        yield
    except BROKEN as exc:
        raise refusal("文件已损坏，无法读取", f"The file is damaged: {exc}.") from exc
