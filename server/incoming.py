"""A request between the edge, which reads it, and the operation, which checks it."""

from dataclasses import dataclass


@dataclass(slots=True)
class Incoming:
    """A request as the edge read it. `body` is None when it was larger than the operation takes."""

    path_params: dict[str, str]
    query_string: bytes
    headers: dict[bytes, bytes]
    body: bytes | None = b""
