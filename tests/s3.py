"""An S3 on a port of 127.0.0.1: moto's server, which keeps its objects in this process's memory."""

import secrets
from typing import Any, Self

import requests
from boto3.session import Session
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIATESTS0000000000A",
    "AWS_SECRET_ACCESS_KEY": "key-of-the-tests",
    "AWS_DEFAULT_REGION": "us-east-1",
}
CHECKED, UNCHECKED = "0", "inf"


class S3:
    """A server with one bucket, which may be stopped and started again on its port with all it holds."""

    def __init__(self) -> None:
        self.bucket = f"shop-{secrets.token_hex(4)}"
        self._port = 0
        self._server: ThreadedMotoServer | None = None

    @property
    def endpoint(self) -> str:
        """Where it is asked."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a server that keeps its files here."""
        return {
            "BAI_WX_FILES": f"s3://{self.bucket}/files",
            "BAI_WX_S3_ENDPOINT": self.endpoint,
            **CREDENTIALS,
        }

    def start(self) -> Self:
        """Start, or start again."""
        self._server = ThreadedMotoServer("127.0.0.1", self._port, verbose=False)
        self._server.start()
        self._port = self._server.get_host_and_port()[1]
        return self

    def stop(self) -> None:
        """Stop; what it holds stays."""
        assert self._server is not None
        self._server.stop()

    def deny(self) -> None:
        """Refuse every key from now on."""
        self._check_keys(CHECKED)

    def allow(self) -> None:
        """Ask for no key any more."""
        self._check_keys(UNCHECKED)

    def held(self) -> list[str]:
        """Every object's key."""
        listed = self._client().list_objects_v2(Bucket=self.bucket)
        return [found["Key"] for found in listed.get("Contents", ())]

    def begin_upload(self, key: str) -> None:
        """Begin to send an object in parts, and never end: as whoever is killed meanwhile."""
        client = self._client()
        begun = client.create_multipart_upload(Bucket=self.bucket, Key=key)
        client.upload_part(
            Bucket=self.bucket, Key=key, UploadId=begun["UploadId"], PartNumber=1, Body=b"x"
        )

    def unfinished(self) -> list[str]:
        """The keys of what was begun so."""
        listed = self._client().list_multipart_uploads(Bucket=self.bucket)
        return [found["Key"] for found in listed.get("Uploads", ())]

    def age(self, key_part: str, seconds: float) -> None:
        """Make objects older, as S3 itself does with time."""
        from datetime import timedelta

        held = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[self.bucket].keys
        for name in list(held):
            if key_part in name:
                held[name].last_modified -= timedelta(seconds=seconds)

    def _check_keys(self, after: str) -> None:
        requests.post(f"{self.endpoint}/moto-api/reset-auth", data=after, timeout=10)

    def _client(self) -> Any:
        session = Session(*list(CREDENTIALS.values())[:2], region_name="us-east-1")
        return session.client("s3", endpoint_url=self.endpoint)

    def __enter__(self) -> Self:
        self.start()
        self._client().create_bucket(Bucket=self.bucket)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
