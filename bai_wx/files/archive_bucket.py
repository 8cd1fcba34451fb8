"""Large archives in a bucket of an S3-compatible storage, such as backups."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final, cast

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from boto3.session import Session

from bai_wx.errors import ServiceUnavailable
from bai_wx.files.bucket import CONFIG, asking

PART_BYTES: Final = 16 << 20
"""A larger archive is sent in parts of this size. S3 takes 10,000 of them."""
MOST_PARTS: Final = 9_000


@dataclass(frozen=True, slots=True)
class Archive:
    """An object that is there."""

    key: str
    size: int


class ArchiveBucket:
    """Objects by their keys. Every method raises `ServiceUnavailable` when the storage refuses or is silent."""

    def __init__(self, bucket: str, endpoint: str = "") -> None:
        self._bucket = bucket
        with asking():
            self._client: Any = Session().client("s3", endpoint_url=endpoint or None, config=CONFIG)

    def put(self, key: str, source: Path, metadata: Mapping[str, str]) -> None:
        """Send a file, in parts where it is large. The object is there when all parts are, or not at all."""
        part = max(PART_BYTES, source.stat().st_size // MOST_PARTS)
        config = TransferConfig(
            multipart_threshold=part, multipart_chunksize=part, max_concurrency=2
        )
        options = {"Metadata": dict(metadata), "ContentType": "application/x-tar"}
        with asking():
            try:
                self._client.upload_file(
                    str(source), self._bucket, key, ExtraArgs=options, Config=config
                )
            except Boto3Error as exc:
                raise ServiceUnavailable(f"file storage: {exc}") from exc

    def open(self, key: str) -> tuple[IO[bytes], int]:
        """An object's bytes, read from front to back, and how many there are."""
        with asking():
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
        return cast(IO[bytes], answer["Body"]), int(answer["ContentLength"])

    def metadata(self, key: str) -> dict[str, str]:
        """What an object was sent with."""
        with asking():
            return dict(self._client.head_object(Bucket=self._bucket, Key=key)["Metadata"])

    def list(self, start: str) -> Iterator[Archive]:
        """The objects whose keys begin so, in the order of their keys."""
        pages = self._client.get_paginator("list_objects_v2")
        with asking():
            for page in pages.paginate(Bucket=self._bucket, Prefix=start):
                for found in page.get("Contents", ()):
                    yield Archive(found["Key"], found["Size"])

    def remove(self, key: str) -> None:
        """Delete an object."""
        with asking():
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def abort_unfinished(self, start: str, before: datetime, is_ours: Callable[[str], bool]) -> int:
        """End uploads in parts that were begun before then: what killed processes sent is stored and paid for.

        `is_ours` judges the keys that begin so. Returns: how many.
        """
        pages = self._client.get_paginator("list_multipart_uploads")
        ended = 0
        with asking():
            for page in pages.paginate(Bucket=self._bucket, Prefix=start):
                for found in page.get("Uploads", ()):
                    key, begun = found["Key"], found["Initiated"]
                    if begun < before and key.startswith(start) and is_ours(key):
                        self._client.abort_multipart_upload(
                            Bucket=self._bucket, Key=key, UploadId=found["UploadId"]
                        )
                        ended += 1
        return ended
