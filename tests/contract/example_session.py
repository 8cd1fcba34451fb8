"""A session in the contract's own words: its request examples are sent, its answers compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from bai_wx.contract import loader
from tests.contract.example_files import Spot
from tests.contract.example_match import Renaming
from tests.running import Client

HEADERS = {
    "ETag": "ETag",
    "LastModified": "Last-Modified",
    "AcceptRanges": "Accept-Ranges",
    "ContentRange": "Content-Range",
    "UnsatisfiedRange": "Content-Range",
    "ContentDisposition": "Content-Disposition",
    "CacheControl": "Cache-Control",
    "RetryAfter": "Retry-After",
    "RetryAfterOptional": "Retry-After",
}
"""The contract's names of headers that have an example, and the headers."""

EXCERPTS = {"openapi_document"}
"""Operations whose answer is too long to be shown: the example has some of its keys."""


@dataclass(frozen=True)
class Seen:
    """What was sent or answered at an example's spot, and how the example differs from it."""

    value: Any
    differences: list[str]


class Session:
    """Sends requests to one server after another and keeps what belongs to each spot."""

    def __init__(self, bundle: Mapping[str, Any], spots: Mapping[str, Spot]) -> None:
        self._operations = {
            operation["operationId"]: (path.removeprefix("/pb/api"), method, operation)
            for path, method, operation in loader.operations(bundle)
        }
        self._spots = spots
        self.renaming = Renaming()
        self.seen: dict[str, Seen] = {}

    def ask(
        self,
        operation: str,
        client: Client,
        path: Mapping[str, str] | None = None,
        *,
        example: str = "",
        status: int = 200,
        shows: str = "",
        headers_shown: tuple[str, ...] = (),
        **options: Any,
    ) -> requests.Response:
        """Call an operation and expect a status.

        Args: without a body among the `options`, the contract's request example is sent, the one
            called `example` where there are several. `shows` is the spot of the answer, where it
            is not the operation's own for this status; of several answers the first counts.
        """
        where, method, definition = self._operations[operation]
        if not {"json", "data", "files"} & options.keys() and "requestBody" in definition:
            options["json"] = self.example(f"{operation} request {example}".rstrip())
        answer = client.request(method, where.format(**path or {}), **options)
        assert answer.status_code == status, f"{operation} answered {answer.text[:1000]}"
        spot = shows or f"{operation} {status}"
        if spot in self._spots and spot not in self.seen:
            self._keep(spot, _cut(answer.json(), self._spots[spot], operation))
            self._check_is_documented(spot, definition, status)
        for name in headers_shown:
            shown = self._spots[f"{name} header"].value
            self._keep(f"{name} header", type(shown)(answer.headers[HEADERS[name]]))
        return answer

    def refused(
        self,
        shows: str,
        operation: str,
        client: Client,
        path: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        """Call an operation and expect the error of a spot, with the status it shows."""
        shown = self._spots[shows].value
        status = shown.get("statusCode") or shown["status"]
        self.ask(operation, client, path, status=status, shows=shows, **options)

    def example(self, spot: str) -> Any:
        """What the contract shows as sent, with this run's ids in it."""
        sent = self.renaming.translated(self._spots[spot].value)
        self.seen[spot] = Seen(sent, [])
        return sent

    def _keep(self, spot: str, value: Any) -> None:
        shown = self._spots[spot].value
        found = self.renaming.differences(shown, value, spot.partition(" ")[0])
        self.seen[spot] = Seen(value, list(found))

    def _check_is_documented(self, spot: str, definition: Any, status: int) -> None:
        """What operations share is shown by the one that was asked, for the status it answered."""
        media = definition["responses"][str(status)]["content"]["application/json"]
        shown = [media.get("example"), *(e["value"] for e in media.get("examples", {}).values())]
        if self._spots[spot].value not in shown:
            self.seen[spot].differences.append(f"{definition['operationId']} does not show it")


def _cut(answered: Any, spot: Spot, operation: str) -> Any:
    """The answer, or the part of it that the example shows."""
    return _part(answered, spot.value) if operation in EXCERPTS else answered


def _part(answered: Any, shown: Any) -> Any:
    if not isinstance(shown, dict) or not isinstance(answered, dict):
        return answered
    return {name: _part(answered[name], child) for name, child in shown.items()}
