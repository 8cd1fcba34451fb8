"""The bytes of stored files (`openapi-wx/files.yaml`)."""

from models import downloads
from models.files import FileReply, FileStore


def file_download(
    collection: str, record_id: str, filename: str, query: dict[str, str], files: FileStore
) -> FileReply:
    """Answer a stored file, or a thumbnail of it."""
    return downloads.find_file(files, collection, record_id, filename, query)
