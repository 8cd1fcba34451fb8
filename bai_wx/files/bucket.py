"""Files in a bucket of an S3-compatible storage, by boto3. Credentials and region are boto3's business:
its environment variables and files.
"""

import io
import logging
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO, cast

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from bai_wx.errors import NotFound, ServiceUnavailable
from bai_wx.files.storage import Stored

log = logging.getLogger("bai_wx.files")

RETRY_AFTER_S = 1
CONNECTIONS = 16
PROBE = ".doctor-"  # no stored name begins with a dot
CONFIG = Config(
    connect_timeout=1,
    read_timeout=3,  # between two packets
    retries={"mode": "standard", "total_max_attempts": 2},
    max_pool_connections=CONNECTIONS,
    # Newer checksums than S3's own are refused by other makers' storages.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
FAILURES = (BotoCoreError, ClientError, ResponseParserError)
DEPTH = 3
"""Parts of a stored file's key: collection, record id, name."""
MISSING = frozenset({"404", "NoSuchKey"})


class Bucket:
    """Files as objects `<prefix>/<collection>/<record id>/<name>`.

    Every method raises `ServiceUnavailable` when the storage does not answer or does not allow it.
    """

    def __init__(self, bucket: str, prefix: str, endpoint: str = "") -> None:
        self._bucket, self._prefix = bucket, prefix
        with asking():  # a profile that is not there, say
            self._client: Any = Session().client("s3", endpoint_url=endpoint or None, config=CONFIG)

    def put(self, collection: str, record_id: str, name: str, data: bytes, mime: str) -> None:
        """Write an object, which S3 does wholly or not at all."""
        with asking():
            self._put(self._key(collection, record_id, name), data, mime)

    def put_file(self, collection: str, record_id: str, name: str, source: Path, mime: str) -> None:
        """Send its bytes as they are read."""
        with source.open("rb") as file, asking():
            self._put(self._key(collection, record_id, name), file, mime)

    def find(self, collection: str, record_id: str, name: str) -> Stored | None:
        """Ask for the object's head. Its bytes come when they are read."""
        key = self._key(collection, record_id, name)
        with asking():
            head = self._head(key)
        if head is None:
            return None
        mtime = int(head["LastModified"].timestamp())
        return self._stored(name, key, head["ContentLength"], mtime)

    def remove(self, collection: str, record_id: str, name: str) -> None:
        """Delete the object; S3 does not mind when there is none."""
        with asking():
            self._delete(self._key(collection, record_id, name))

    def remove_record(self, collection: str, record_id: str) -> bool:
        """Delete them one by one: not every storage knows how to delete many."""
        with asking():
            keys = [found["Key"] for found in self._list(self._key(collection, record_id, ""))]
            for key in keys:
                self._delete(key)
        return bool(keys)

    def records(self, collection: str) -> Iterator[tuple[str, float]]:
        """Lists every object of the collection, a thousand a request."""
        start = self._key(collection, "")
        with asking():
            for record_id, objects in groupby(
                self._list(start), lambda found: found["Key"][len(start) :].partition("/")[0]
            ):
                yield record_id, max(found["LastModified"].timestamp() for found in objects)

    def all(self) -> Iterator[tuple[str, str, Stored]]:
        """Lists every object, a thousand a request."""
        start = self._key("")
        with asking():
            for found in self._list(start):
                key, size = found["Key"], found["Size"]
                parts = key.removeprefix(start).split("/")
                if len(parts) == DEPTH:
                    mtime = int(found["LastModified"].timestamp())
                    yield parts[0], parts[1], self._stored(parts[2], key, size, mtime)

    def _stored(self, name: str, key: str, size: int, mtime: int) -> Stored:
        return Stored(name, size, mtime, lambda: self._opened(key, size), is_remote=True)

    def probe(self) -> str:
        """Write, find, read, list and delete an object of no record."""
        key = self._key(PROBE + secrets.token_hex(8))
        with asking():
            self._put(key, b"bai-wx", "text/plain")
            try:
                whole = self._head(key) is not None and self.read(key, 0, 6) == b"bai-wx"
                listed = [found["Key"] for found in self._list(key)]
            finally:
                self._delete(key)
        if not whole or listed != [key]:
            raise ServiceUnavailable(f"file storage: {self._bucket} forgets what it is given")
        return f"bucket {self._bucket} can be written, read, listed and cleared"

    def read(self, key: str, position: int, count: int) -> bytes:
        """Read so many of the object's bytes."""
        wanted = f"bytes={position}-{position + count - 1}"
        with closing(
            self._client.get_object(Bucket=self._bucket, Key=key, Range=wanted)["Body"]
        ) as body:
            return bytes(body.read())

    def _opened(self, key: str, size: int) -> BinaryIO:
        return cast(BinaryIO, _Object(self, key, size))

    def _key(self, *parts: str) -> str:
        return "/".join([self._prefix, *parts] if self._prefix else parts)

    def _put(self, key: str, data: bytes | BinaryIO, mime: str) -> None:
        self._client.put_object(Bucket=self._bucket, Key=key, Body=data, ContentType=mime)

    def _head(self, key: str) -> dict[str, Any] | None:
        try:
            return dict(self._client.head_object(Bucket=self._bucket, Key=key))
        except ClientError as exc:
            if _is_missing(exc):
                return None
            raise

    def _delete(self, key: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=key)

    def _list(self, start: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._bucket, Prefix=start):
            yield from page.get("Contents", ())


class _Object(io.RawIOBase):
    """An object's bytes. Each reading is a request for just these: between two of them, while a slow
    client takes what was read, no connection to the bucket is held.
    """

    def __init__(self, bucket: Bucket, key: str, size: int) -> None:
        self._bucket, self._key, self._size = bucket, key, size
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = start + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Raises: `NotFound` when the object is gone by now, `ServiceUnavailable`."""
        count = min(len(buffer), self._size - self._position)
        if count <= 0:
            return 0
        with asking():
            data = self._read(count)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def readall(self) -> bytes:
        return self.read(max(0, self._size - self._position)) or b""

    def _read(self, count: int) -> bytes:
        try:
            return self._bucket.read(self._key, self._position, count)
        except ClientError as exc:
            if _is_missing(exc):
                raise NotFound from exc
            raise


@contextmanager
def asking() -> Iterator[None]:
    """Raise `ServiceUnavailable` for whatever the storage answers in here, but with what was asked for."""
    try:
        yield
    except FAILURES as exc:
        log.error("the file storage failed: %s", exc)
        raise ServiceUnavailable(f"file storage: {exc}", retry_after_s=RETRY_AFTER_S) from exc


def _is_missing(exc: ClientError) -> bool:
    return exc.response.get("Error", {}).get("Code") in MISSING
