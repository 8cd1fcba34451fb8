"""Chooses where stored files lie: in a folder, or in a bucket of an S3-compatible storage."""

from pathlib import Path

from bai_wx.files.folder import Folder
from bai_wx.files.stored import Storage

S3_SCHEME = "s3://"


def storage_at(address: str, endpoint: str = "") -> Storage:
    """The storage at `s3://bucket/prefix`, asked at the endpoint if one is given, or a folder."""
    if not address.startswith(S3_SCHEME):
        return Folder(Path(address))
    from bai_wx.files.bucket import Bucket  # boto3 takes its time and is an extra

    bucket, _, prefix = address.removeprefix(S3_SCHEME).partition("/")
    return Bucket(bucket, prefix.strip("/"), endpoint)
