"""Hooks of a Schemathesis run: feed the requests, count the answers, drop what is exempted.

`schemathesis run` loads this module by `SCHEMATHESIS_HOOKS`; `BAI_WX_TRAFFIC` holds what the test
tells it (see `Errand`). At the end it writes what it counted.
"""

import atexit
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import strategies
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, HookContext
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.openapi.checks import EnsureResourceAvailability

from tests.contract.errand import Errand
from tests.contract.exemptions import DELETED_BY_HOOK, exemptions_of, said_by
from tests.contract.feed import feed
from tests.contract.stock import Stock
from tests.running import Client

HOOK_PREFIXES = tuple(f"/pb/api/{family}/" for family in ("system", "wechat", "cart", "order"))
OWNED = ("cart_record_view", "cart_record_update", "cart_record_delete")
OWNED += ("order_record_view", "order_record_update", "order_record_delete", "company_update")


errand = Errand.from_text(os.environ["BAI_WX_TRAFFIC"])
stock = Stock(Client(errand.url, errand.token, errand.openid), errand.seed)
answered: Counter[str] = Counter()  # "<operationId> <status>", the operation's own method
record_ids: dict[str, str] = {}  # of lines and orders, by their business ids
probed: Counter[str] = Counter()  # the same, another method
exempted: Counter[str] = Counter()  # reasons


@schemathesis.hook
def before_generate_case(
    context: HookContext, strategy: SearchStrategy[Case]
) -> SearchStrategy[Case]:
    """Tell requests of operations without parameters apart, or Schemathesis sends just one."""
    return strategy.flatmap(_numbered) if _is_bare(context.operation) else strategy


def _is_bare(operation: Any) -> bool:
    return not operation.body and not list(operation.iter_parameters())


def _numbered(case: Case) -> SearchStrategy[Case]:
    def number(value: int) -> Case:
        case.headers["X-Request-Id"] = str(value)
        return case

    return strategies.integers(0, 10**9).map(number)


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Feed the request before it is sent."""
    feed(case, _operation_id(case), stock)


@schemathesis.hook
def after_call(context: HookContext, case: Case, response: Response) -> None:
    """Count the answer."""
    own_method = response.request.method == case.operation.method.upper()
    (answered if own_method else probed)[f"{_operation_id(case)} {response.status_code}"] += 1
    if response.status_code == 200 and _operation_id(case).startswith(("cart_", "order_")):
        _note_row(_operation_id(case), response.json())


def _note_row(operation_id: str, answer: dict[str, Any]) -> None:
    """Note which record a business id means, and which record a hook has deleted."""
    row = answer.get("data", answer)
    business_id = row.get("cart_id") or row.get("order_id")
    record_id = row.get("pb_id") or row.get("id")
    if business_id and record_id:
        record_ids[business_id] = record_id
    if operation_id in ("cart_delete", "order_delete"):
        stock.gone.add(record_ids.get(business_id, ""))


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
    """Keep a failure unless the table of exemptions names it."""
    is_native = not case.operation.path.startswith(HOOK_PREFIXES)
    answer = {} if response.status_code < 400 else response.json()
    said = said_by(response.status_code, answer)
    if isinstance(failure, EnsureResourceAvailability) and _was_deleted_by_hook(case):
        said = [DELETED_BY_HOOK]
    rows = exemptions_of(type(failure).__name__, _operation_id(case), is_native, said)
    exempted.update(f"{row.check}: {row.reason}" for row in rows)
    return not rows


def _was_deleted_by_hook(case: Case) -> bool:
    return case.path_parameters.get("recordId") in stock.gone


@schemathesis.check
def guests_reach_nobodys_rows(ctx: Any, response: Response, case: Case) -> None:
    """A guest who knows somebody's ids is answered as if they did not exist."""
    if errand.is_guest and _operation_id(case) in OWNED:
        own_method = response.request.method == case.operation.method.upper()
        assert not (own_method and response.status_code < 300), "a guest reached a row"


@atexit.register
def _write() -> None:
    counts = {"answered": answered, "probed": probed, "exempted": exempted}
    Path(errand.counts).write_text(json.dumps(counts, ensure_ascii=False), encoding="utf-8")


def _operation_id(case: Case) -> str:
    operation_id: str = case.operation.definition.raw["operationId"]
    return operation_id
