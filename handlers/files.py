"""The bytes of stored files, and the tokens that open protected ones (`openapi-wx/files.yaml`)."""

from typing import Protocol

from bai_wx.dialect import fields
from bai_wx.files.store import FileReply, FileStore
from bai_wx.record import downloads
from bai_wx.record.base import Caller
from models.users import User


class FileTokens(Protocol):
    """Whatever signs and reads file tokens."""

    def issue_for_files(self, user: User) -> str:
        """Sign a token that opens this user's protected files."""

    def file_caller(self, token: str) -> Caller | None:
        """Return the user whose file token this is, if it holds."""


def file_token(user: Caller, tokens: FileTokens, query: dict[str, str]) -> dict[str, str]:
    """Give a user a token for its protected files."""
    picks = fields.parse(query.get("fields", ""))
    answer = {"token": tokens.issue_for_files(User.of(user))}
    return fields.pick(answer, picks)  # type: ignore[no-any-return]  # of any JSON


def file_download(
    collection: str,
    record_id: str,
    filename: str,
    query: dict[str, str],
    files: FileStore,
    tokens: FileTokens,
) -> FileReply:
    """Answer a stored file, or a thumbnail of it."""
    user_of = tokens.file_caller
    return downloads.find_file(files, collection, record_id, filename, query, user_of)
