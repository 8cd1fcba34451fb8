"""One operation as the contract describes it and Connexion resolved it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bai_wx.contract.family import Family, family_of

Arguments = dict[str, Any]
"""The keyword arguments of a handler."""
FORM = "multipart/form-data"
MAX_BODY = "x-max-body"
UNDECLARED_BODY_BYTES = 8 * 1024 * 1024
"""The largest body of a request for which the contract declares none: PocketBase reads those too."""

COLLABORATORS = ("wechat", "tokens", "files", "document", "readiness", "inner")
"""What a handler may ask for beside the request, by the names of its arguments."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What the contract and the resolved function say of one operation."""

    id: str
    method: str
    path: str
    definition: dict[str, Any]
    function: Callable[..., Any]

    @property
    def family(self) -> Family:
        """Whose manners the path has."""
        return family_of(self.path)

    @property
    def is_upload(self) -> bool:
        """Whether the body is a multipart form with a file."""
        return FORM in self._media and "application/json" not in self._media

    @property
    def upload_field(self) -> str:
        """The form field that holds the file."""
        properties = self._media[FORM]["schema"]["properties"]
        return next(str(name) for name, p in properties.items() if p.get("format") == "binary")

    @property
    def is_json(self) -> bool:
        """Whether the operation answers JSON that our closure can write."""
        return not self.is_upload and not self.answers_files

    @property
    def answers_files(self) -> bool:
        """Whether success is bytes or a document with validators (ETag), which Flask serves."""
        content = self.definition["responses"].get("200", {}).get("content", {})
        binary = any(media != "application/json" for media in content)
        return binary or "304" in self.definition["responses"]

    @property
    def body_schema(self) -> Any:
        """The schema of the JSON body, or None."""
        return self._media.get("application/json", {}).get("schema")

    @property
    def has_body(self) -> bool:
        """Whether the contract lets the operation carry a body."""
        return "requestBody" in self.definition

    @property
    def takes_json_or_form(self) -> bool:
        """Whether the body is JSON or, with files in it, a multipart form."""
        return FORM in self._media and not self.is_upload

    @property
    def max_body_bytes(self) -> int:
        """How large a body may be."""
        return int(self.definition.get(MAX_BODY, UNDECLARED_BODY_BYTES))

    @property
    def max_form_bytes(self) -> int:
        """How large a form may be, where it may be larger than other bodies."""
        return int(self.definition.get("x-max-form", self.max_body_bytes))

    @property
    def _media(self) -> dict[str, Any]:
        return dict(self.definition.get("requestBody", {}).get("content", {}))


def snake_case(name: str) -> str:
    """Turn `recordId` or `If-None-Match` into `record_id` or `if_none_match`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.replace("-", "_")).lower()
