"""Several writes of records at once (`openapi-wx/batch.yaml`)."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from bai_wx.dialect.input.batch import InnerRequest
from bai_wx.files.store import Upload
from bai_wx.record.base import Caller


class InnerRequests(Protocol):
    """Whatever answers the requests of a batch."""

    def answer(
        self,
        requests: Sequence[InnerRequest],
        uploads: Mapping[int, Upload],
        caller: Caller | None,
    ) -> list[dict[str, Any]]:
        """Answer all of them in one transaction, or raise `BatchRefused` with nothing written."""


def batch(
    body: Sequence[InnerRequest],
    uploads: Mapping[int, Upload],
    user: Caller | None,
    inner: InnerRequests,
) -> list[dict[str, Any]]:
    """Do all requests of a batch, or none."""
    return inner.answer(body, uploads, user)
