"""The bytes of stored files (`openapi-wx/files.yaml`)."""

from bai_wx.files.store import FileReply, FileStore
from bai_wx.record import downloads


def file_download(
    collection: str, record_id: str, filename: str, query: dict[str, str], files: FileStore
) -> FileReply:
    """Answer a stored file, or a thumbnail of it."""
    return downloads.find_file(files, collection, record_id, filename, query)
