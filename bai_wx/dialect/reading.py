"""Reading lists and single records for a caller."""

from bai_wx.dialect import expand, fields, layout, paging, plans, sort
from bai_wx.dialect.filter import scan
from bai_wx.dialect.layout import JsonObject, Row
from bai_wx.errors import NotFound
from bai_wx.record import ids
from bai_wx.record.base import Caller, Record

Query = dict[str, str]


def list_page(model: type[Record], query: Query, caller: Caller | None) -> JsonObject:
    """One page of the rows this caller may see.

    Returns: `items`, `page`, `perPage`, `totalItems`, `totalPages`; the totals are -1 when
    `skipTotal` asks not to count.
    Raises: `BadQuery`, `Forbidden` for a filter or sort that looks at what only rules may.
    """
    filter_text, sort_text = query.get("filter", ""), query.get("sort", "")
    scan.refuse_superuser_terms(filter_text, sort_text)
    keys = sort.parse(sort_text)
    asked = scan.scan(filter_text)
    page = paging.parse(query)
    picks = fields.parse(query.get("fields", ""))
    plan = plans.listing(model, asked.tokens, keys)
    parameters = plans.viewer(caller)
    if plan.filter:
        plan.filter.bind(asked.values, parameters["now"], parameters)
    parameters["limit"], parameters["offset"] = page.size, page.offset
    if _looks_inside(query):
        found = plan.pages.read_parsed(parameters, is_counted=page.is_counted)
        expand.attach(model, found.items, query.get("expand", ""), parameters)
    else:
        found = plan.pages.read(parameters, is_counted=page.is_counted)
    return {
        "items": fields.pick(found.items, picks),
        "page": page.number,
        "perPage": page.size,
        "totalItems": found.total,
        "totalPages": -(-found.total // page.size) if page.is_counted else -1,
    }


def view(model: type[Record], record_id: str, query: Query, caller: Caller | None) -> JsonObject:
    """One row by its record id. Raises: `NotFound` also for a row this caller may not see."""
    parameters = plans.viewer(caller) | {"id": record_id}
    row = plans.by_id(model).row(parameters) if ids.is_queryable(record_id) else None
    if row is None:
        raise NotFound
    return answer(model, row, query, fields.parse(query.get("fields", "")), parameters)


def exists(model: type[Record], record_id: str) -> bool:
    """Whether there is an undeleted row of this id, whoever may see it."""
    if not ids.is_queryable(record_id):
        return False
    found = model.select().where(model.id == record_id, model.undeleted(model))
    return bool(found.exists())


def answer(
    model: type[Record],
    row: Row,
    query: Query,
    picks: fields.Picks,
    parameters: plans.BoundValues,
) -> JsonObject:
    """One record as the answer holds it, expanded and reduced to the picked fields."""
    record = layout.of(model).record
    if not _looks_inside(query):
        return record.encode([row])[0]
    shown = record.encode_parsed([row])
    expand.attach(model, shown, query.get("expand", ""), parameters)
    picked: JsonObject = fields.pick(shown[0], picks)
    return picked


def _looks_inside(query: Query) -> bool:
    """Whether the answer needs the records' values, not only their JSON text."""
    return bool(query.get("expand") or query.get("fields"))
