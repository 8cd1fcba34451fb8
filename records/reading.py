"""Lists and single records."""

from typing import Any

from errors import NotFound
from models import ids
from models.base import Caller, Record
from records import counts, expand, fields, layout, paging, plans, scan, sort
from records.layout import Json, Row

Query = dict[str, str]


def list_page(model: type[Record], query: Query, caller: Caller | None) -> Json:
    """One page of the rows this caller may see.

    Returns: `items`, `page`, `perPage`, `totalItems`, `totalPages`; the totals are -1 when
    `skipTotal` asks not to count.
    Raises: `BadQuery`, `Forbidden` for a filter or sort that looks at what only rules may.
    """
    filter_text, sort_text = query.get("filter", ""), query.get("sort", "")
    scan.refuse_superuser_terms(filter_text, sort_text)
    keys = sort.read(sort_text)
    asked = scan.scan(filter_text)
    page = paging.read(query)
    picks = fields.read(query.get("fields", ""))
    plan = plans.listing(model, asked.shape, keys)
    parameters = plans.viewer(caller)
    if plan.filter:
        plan.filter.bind(asked.values, parameters["now"], parameters)
    rows = plan.rows.rows(parameters | {"limit": page.size, "offset": page.offset})
    total = _total(plan, parameters, page, len(rows)) if page.is_counted else -1
    return {
        "items": fields.pick(_records(model, rows, query, parameters), picks),
        "page": page.number,
        "perPage": page.size,
        "totalItems": total,
        "totalPages": -(-total // page.size) if page.is_counted else -1,
    }


def view(model: type[Record], record_id: str, query: Query, caller: Caller | None) -> Json:
    """One row by its record id. Raises: `NotFound` also for a row this caller may not see."""
    parameters = plans.viewer(caller) | {"id": record_id}
    row = plans.by_id(model).row(parameters) if ids.may_be(record_id) else None
    if row is None:
        raise NotFound
    return answer(model, row, query, fields.read(query.get("fields", "")), parameters)


def answer(
    model: type[Record],
    row: Row,
    query: Query,
    picks: fields.Picks,
    parameters: plans.Parameters,
) -> Json:
    """One record as the answer holds it."""
    [record] = _records(model, [row], query, parameters)
    return fields.pick(record, picks)  # type: ignore[no-any-return]


def _records(
    model: type[Record], rows: list[Row], query: Query, parameters: plans.Parameters
) -> list[Json]:
    shape = layout.of(model)
    if not query.get("expand") and not query.get("fields"):
        return shape.encode(rows)
    records = shape.encode_open(rows)
    expand.attach(model, records, query.get("expand", ""), parameters)
    return records


def _total(plan: plans.ListPlan, parameters: dict[str, Any], page: paging.Page, found: int) -> int:
    # A page that is not full is the last one: what it holds and what comes before it is all.
    if found < page.size and (found or page.number == 1):
        return page.offset + found
    return counts.total(plan.count, parameters)
