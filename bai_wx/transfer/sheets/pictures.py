"""Pictures by their file names, from a zip or a folder."""

from pathlib import Path
from types import TracebackType
from typing import Self


class Pictures:
    """The pictures of a zip or a folder. A context manager: it holds the archive open."""

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a zip or a folder. Raises: `TableRefused` for what is none, or is larger than it may be."""
        raise NotImplementedError

    @property
    def names(self) -> list[str]:
        """The file names, without folders."""
        raise NotImplementedError

    def find(self, name: str) -> bytes | None:
        """The content of the picture of this name, None where there is none. Case and folders do not matter.

        Raises: `TableRefused` for one that is damaged.
        """
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close the archive."""
