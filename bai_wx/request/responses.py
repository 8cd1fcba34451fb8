"""Whether an answer that `render` wrote is one the contract declares. On in every test, off in production."""

from functools import cache
from typing import Any

import orjson

from bai_wx.contract.schemas import Schemas, findings
from bai_wx.contract.spec import Spec
from bai_wx.request.incoming import Incoming
from bai_wx.request.render import Reply

EXCERPT = b"excerpt"


class Responses:
    """The declared answers of one operation."""

    def __init__(self, spec: Spec, schemas: Schemas) -> None:
        self._declared: dict[str, Any] = spec.definition["responses"]
        self._validator = cache(lambda status: schemas.validator(self._schema(status)))

    def mismatch(self, reply: Reply, incoming: Incoming | None) -> str:
        """Say how the reply differs from the contract, or nothing."""
        status = str(reply.status)
        if status not in self._declared:
            return f"status {status} is not declared"
        if not self._declared[status].get("content"):
            return f"{status} should have no body" if reply.body else ""
        if incoming and EXCERPT in incoming.query_string:
            return ""  # a text that is cut keeps no format, as the contract says of `fields`
        found = findings(self._validator(status), orjson.loads(reply.body))
        return "; ".join(f"{path or 'body'}: {text}" for path, text in found.items())

    def _schema(self, status: str) -> Any:
        return self._declared[status]["content"]["application/json"].get("schema", True)
