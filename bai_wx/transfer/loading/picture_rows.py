"""The attachments that a table's pictures become."""

from collections.abc import Callable
from itertools import count

from bai_wx.dialect import uploads
from bai_wx.files.store import FileStore, Upload, examined
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.problem_texts import Texts, of_problem
from bai_wx.transfer.loading.plans import AddPicture, picture_id
from bai_wx.transfer.sheets.pictures import PictureRefused, Pictures


def has_files(target: str) -> bool:
    """Whether the rows of a collection are files."""
    return any(each.is_file for each in COLLECTIONS[target].record_fields().values())


class PictureRows:
    """The pictures of a zip or a folder as rows of the collection of files."""

    def __init__(self, pictures: Pictures, files: FileStore) -> None:
        self._pictures, self._files = pictures, files

    def find(self, name: str) -> tuple[str, Texts | None] | None:
        """The record id that the picture of this name is going to have, and why it is refused.

        None where there is no such picture. Takes its time: the picture is decoded.
        """
        try:
            name, data = self._pictures.own_name(name), self._pictures.find(name)
        except PictureRefused as exc:
            return "", exc.texts
        if data is None:
            return None
        file = examined(Upload("", name, "", data))
        return self._record_id(name, data), of_problem(file.problem) if file.problem else None

    def store(self, model: type[Record], plan: AddPicture, note: Callable[[Record], None]) -> bool:
        """Store a picture and make its row, which `note` is told of in the same transaction.

        Returns: whether it was not there yet.
        """
        if model.select().where(model.id == plan.record_id).exists():
            return False
        data = self._pictures.find(plan.name)
        assert data is not None, "the pictures have changed since they were checked"
        sent = Upload(uploads.file_field(model), self._pictures.own_name(plan.name), "", data)
        upload, row = uploads.checked(model, {"id": plan.record_id}, examined(sent))
        row |= model.described(upload, None)

        def made() -> None:
            note(model.get(model.id == plan.record_id))

        uploads.write(model, row, upload, self._files, made)
        return True

    def _record_id(self, name: str, data: bytes) -> str:
        """The first of the ids that this picture can have which is no deleted row's."""
        model = target_of_files()
        made = (picture_id(f"{name}{turn or ''}", data) for turn in count())
        return next(each for each in made if not _is_deleted(model, each))


def _is_deleted(model: type[Record], record_id: str) -> bool:
    return bool(model.select().where(model.id == record_id, model.is_delete == 1).exists())


def target_of_files() -> type[Record]:
    """The collection whose rows are files."""
    return next(COLLECTIONS[name] for name in sorted(COLLECTIONS) if has_files(name))
