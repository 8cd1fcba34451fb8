"""What `schemathesis.toml` cannot say of two checks: unknown methods, and rows that hooks delete.

Schemathesis loads this file by the setting `hooks`. It needs nothing but Schemathesis, so that whoever has a
checkout can run it.
"""

from typing import Any

import schemathesis
from schemathesis import Case, HookContext
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response

NATIVE = tuple(
    f"/pb/api/{name}" for name in ("collections/", "files/", "health", "ready", "openapi", "batch")
)
"""How the paths begin that have PocketBase's manners; the others are hooks."""

WITH_ROWS = ("/pb/api/collections/", "/pb/api/cart/", "/pb/api/order/")
"""How the paths begin that answer rows."""

NO_SUCH_METHOD = {
    "Only superusers can perform this action.",
    "File not found.",
    "The requested resource wasn't found.",
}
"""PocketBase never answers 405: what it routes and we do not offer is 403, the rest 404."""

gone: set[str] = set()
"""Records that POST /cart/delete or /order/delete deleted; Schemathesis knows DELETE alone."""

told: set[str] = set()
"""Records that a create answered with. One whose `fields` leave the id out is answered without, and
Schemathesis draws an id in its place."""

_record_ids: dict[str, str] = {}  # of lines and orders, by their business ids


@schemathesis.hook("after_call")
def note_row(context: HookContext, case: Case, response: Response) -> None:
    """Note which record a business id means, which records were made, and which a hook has deleted."""
    operation_id = operation_id_of(case)
    if response.status_code != 200 or not case.operation.path.startswith(WITH_ROWS):
        return
    answer = response.json()
    row = answer.get("data", answer)
    business_id = row.get("cart_id") or row.get("order_id")
    record_id = row.get("pb_id") or row.get("id")
    if record_id and operation_id.endswith("_create"):
        told.add(record_id)
    if business_id and record_id:
        _record_ids[business_id] = record_id
    if operation_id in ("cart_delete", "order_delete"):
        gone.add(_record_ids.get(business_id, ""))


@schemathesis.hook("filter_failure")
def is_ours(context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
    """Keep a failure of the two checks unless it is one of PocketBase's manners."""
    kind = type(failure).__name__
    if kind == "UnsupportedMethodResponse" and case.operation.path.startswith(NATIVE):
        is_manner = response.status_code in (403, 404) and _message(response) in NO_SUCH_METHOD
        return not is_manner
    if kind == "EnsureResourceAvailability":
        record_id = case.path_parameters.get("recordId")
        return record_id in told and record_id not in gone
    return True


def _message(response: Response) -> Any:
    return response.json().get("message")


def operation_id_of(case: Case) -> str:
    """The operation's name in the contract."""
    operation_id: str = case.operation.definition.raw["operationId"]
    return operation_id
