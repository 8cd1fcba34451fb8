"""Hooks of a Schemathesis run: feed the requests, count the answers, look at each refusal.

`schemathesis run` loads this module by its setting `hooks`; `BAI_WX_TRAFFIC` holds what the test
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
from schemathesis.core.transport import Response

from tests.contract import manners, natives
from tests.contract.errand import Errand
from tests.contract.exemptions import exemptions_of, said_by
from tests.contract.feed import feed
from tests.contract.manners import operation_id_of as _operation_id
from tests.contract.stock import Stock
from tests.running import Client

OWNED = {*natives.of_rows_with_owners(), "company_update"}


errand = Errand.from_text(os.environ["BAI_WX_TRAFFIC"])
stock = Stock(Client(errand.url, errand.token, errand.openid), errand.seed)
stock.gone = manners.gone  # what one deletes by a hook the other knows of
answered: Counter[str] = Counter()  # "<operationId> <status>", the operation's own method
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


REFUSED = (400, 416, 422)
"""Statuses of a request that does not fit. A fitting one may have them for a reason of the table."""


@schemathesis.check
def refusals_have_a_reason(ctx: Any, response: Response, case: Case) -> None:
    """A request that fits the contract is refused only with what the table of exemptions names."""
    own_method = response.request.method == case.operation.method.upper()
    if case.meta is None or not case.meta.generation.mode.is_positive or not own_method:
        return
    if response.status_code in REFUSED:
        said = said_by(response.json())
        rows = exemptions_of(_operation_id(case), said, case.body)
        exempted.update(f"positive_data_acceptance: {row.reason}" for row in rows)
        assert rows, f"refused a fitting request: {said}"


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
