"""Filters, sorts, fields and expands, whose answers depend neither on the clock nor on random ids.

Rows that this run made have random ids and present moments. So ids are compared whole, moments with
fixed ones or with those of earlier requests, and a list whose rows the run adds to is not sorted by id.
"""

import json
from collections.abc import Mapping
from functools import cache
from random import Random
from typing import Any, Final

from tests.replay.dataset import rows

PLAIN: Final = ("=", "!=", ">", ">=", "<", "<=", "~", "!~")
FIXED: Final = ("tbl_product_list", "tbl_document")
"""Collections that no request adds to."""
COLLECTIONS: Final = (
    *FIXED,
    *("tbl_cart", "tbl_order", "tbl_attachments", "tbl_company"),
)
OWNED: Final = ("tbl_cart", "tbl_order")

MOMENTS: Final = (
    *("@now", "@yesterday", "@tomorrow", "@todayStart", "@todayEnd"),
    *("@monthStart", "@monthEnd", "@yearStart", "@yearEnd"),
)
PARTS: Final = {"@second": 60, "@minute": 60, "@hour": 24, "@day": 32, "@month": 13, "@weekday": 7}
DATES: Final = ("2025-01-05 00:00:00.000Z", "2025-01-20 12:00:01.007Z", "2024", "", "2025-02")

RELATED: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "tbl_product_list": (
        ("prod_list_icon", "tbl_attachments"),
        ("tbl_cart_via_cart_product_id", "tbl_cart"),
        ("prod_list_icon.tbl_product_list_via_prod_list_icon", "tbl_product_list"),
    ),
    "tbl_document": (
        ("document_images", "tbl_attachments"),
        ("document_videos", "tbl_attachments"),
        ("document_files.tbl_product_list_via_prod_list_icon", "tbl_product_list"),
    ),
    "tbl_cart": (
        ("cart_product_id", "tbl_product_list"),
        ("cart_product_id.prod_list_icon", "tbl_attachments"),
        ("cart_product_id.tbl_cart_via_cart_product_id", "tbl_cart"),
    ),
    "tbl_order": (),
    "tbl_attachments": (
        ("tbl_product_list_via_prod_list_icon", "tbl_product_list"),
        ("tbl_document_via_document_images", "tbl_document"),
    ),
    "tbl_company": (),
}
"""Paths from a collection's rows to another's."""

RANDOM_FIELDS: Final = (
    *("id", "cart_id", "order_id", "company_id", "attachments_id", "cart_number", "order_number"),
    *("attachments_link", "order_source_id", "cart_create", "order_create", "created", "updated"),
)
"""What this run's rows hold at random."""
HIDDEN: Final = ("token_key",)
WRONG: Final = (
    *("nope=1", "(prod_list_sort=1", "id=", "=", "id", "id='x", "id = 'a' &&", "a b", "()", " "),
    "token_key='x'",
    *("prod_list_name.x='x'", "@request.auth.id=''", "@collection.tbl_cart.id=''", "seq=1"),
    *("@weekStart<created", "prod_list_name:upper='x'", "id==1", "id<>1", "id='a' & id='b'"),
    *("strftime()='x'", "geoDistance(1,2,3)>0", "lower(id)='x'", "é=1", "id=1e1", "// only"),
    *("prod_list_sort=.5", "prod_list_name=`x`", "id='a\x00b'", "tbl_nope_via_x.id=''"),
    "||".join(["is_delete=1"] * 201),
    f"id='{'x' * 3500}'",
    f"id='{'商' * 1170}'",
)


def filter_of(draw: Random, collection: str, moment: str) -> str:
    """A filter, one in twelve of them refused. `moment` names one of this run."""
    if draw.random() < 0.06:
        return draw.choice(WRONG)
    terms = [_term(draw, collection, moment) for _ in range(draw.choice((1, 1, 1, 2, 2, 3)))]
    text = terms[0]
    for term in terms[1:]:
        join = draw.choice((" && ", " || ", "&&", "||", "\n&& // and\n"))
        text = draw.choice(
            (f"{text}{join}{term}", f"({text}){join}{term}", f"{text}{join}({term})")
        )
    return text


def _term(draw: Random, collection: str, moment: str) -> str:
    way = draw.randrange(16)
    if way < 2:
        return _dated(draw, moment)
    if way == 2:
        return _clock(draw)
    if way == 3 and collection in FIXED:
        return _called(draw)
    related = RELATED[collection]
    if way < 8 and related:
        path, target = draw.choice(related)
        return _compared(draw, target, f"{path}.", draw.choice(("?", "?", "")))
    return _compared(draw, collection, "", draw.choice(("", "", "", "?")))


def _compared(draw: Random, collection: str, path: str, any_of: str) -> str:
    """A field beside a value that a row holds there, or beside a constant."""
    fields = _fields(collection)
    name = draw.choice(list(fields))
    value = draw.choice(fields[name])
    modifier = ""
    if isinstance(value, list) and draw.random() < 0.5:
        modifier = draw.choice((":each", ":each", ":length"))
        value = len(value) if modifier == ":length" else draw.choice([*value, "x"])
    elif isinstance(value, str) and draw.random() < 0.1:
        modifier, value = ":lower", value.lower()
    operator = draw.choice(PLAIN if isinstance(value, str | int | float) else ("=", "!=", "~"))
    right = _literal(draw, value) if draw.random() < 0.9 else draw.choice(("null", "true", "''"))
    gap = draw.choice((" ", "", "  "))
    return f"{path}{name}{modifier}{gap}{any_of}{operator}{gap}{right}"


def _dated(draw: Random, moment: str) -> str:
    """A moment of this run, or a fixed one, or a macro: never one that a second changes."""
    name, operator = draw.choice(("created", "updated")), draw.choice((">", ">=", "<", "<="))
    right = draw.choice((f"'{moment}'", draw.choice(MOMENTS), f"'{draw.choice(DATES)}'"))
    return f"{name} {operator} {right}"


def _clock(draw: Random) -> str:
    name = draw.choice(list(PARTS))
    return draw.choice((f"{name} < {PARTS[name]}", f"{name} >= {PARTS[name]}", "@year > 2000"))


def _called(draw: Random) -> str:
    form = draw.choice(("%Y", "%Y-%m", "%m", "%d", "%H:%M", "%s", "%w", ""))
    shift = draw.choice(("", "", ", '+1 day'", ", 'start of year'", ", 'nonsense'"))
    right = draw.choice(("2025", "01", "2025-01", "05", "12:00", "1735689601", ""))
    if draw.random() < 0.8:
        return f"strftime('{form}', created{shift}) {draw.choice(PLAIN)} '{right}'"
    return f"geoDistance(1, 2, {draw.randrange(90)}.5, 3) {draw.choice(('<', '>'))} 500"


def _literal(draw: Random, value: Any) -> str:
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | float):
        return draw.choice((str(value), str(value), f"'{value}'"))
    if isinstance(value, list):
        value = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if len(value) > 3 and draw.random() < 0.3:
        value = draw.choice((value[:3], value[-3:], value[:2] + "%", value.upper()))
    quote = draw.choice("'\"")
    return quote + value.replace("\\", "\\\\").replace(quote, f"\\{quote}") + quote


@cache
def _fields(collection: str) -> dict[str, list[Any]]:
    """The fields that a filter may name, and what the imported rows hold there."""
    found: dict[str, list[Any]] = {}
    for row in rows()[collection][:60]:
        for name, value in row.items():
            if name in HIDDEN or (name in RANDOM_FIELDS and collection not in FIXED):
                continue
            if isinstance(value, dict) or (isinstance(value, list) and _has_objects(value)):
                continue
            values = found.setdefault(name, [])
            if value not in values:
                values.append(value)
    return found


def _has_objects(values: list[Any]) -> bool:
    return any(isinstance(value, dict) for value in values)


def sort_of(draw: Random, collection: str) -> str:
    """Up to three keys, now and then one that is refused."""
    if draw.random() < 0.04:
        return draw.choice(
            ("nope", "a,b,c,d,e,f,g,h,i", "@request.x", "-", "created desc", "x" * 300)
        )
    keys = ["created", "updated", "@rowid", *list(_fields(collection))]
    keys += [f"{path}.created" for path, _ in RELATED[collection] if "_via_" not in path]
    chosen = draw.sample(keys, draw.choice((1, 1, 2, 3)))
    return ",".join(draw.choice(("", "-", "+")) + key for key in chosen)


def expand_of(draw: Random, collection: str) -> str:
    """Relations to be expanded."""
    paths = [path for path, _ in RELATED[collection]] or ["company"]
    return draw.choice((",".join(draw.sample(paths, 1)), ",".join(paths), "nope", paths[0]))


def fields_of(draw: Random, collection: str) -> str:
    """Some of the fields, with excerpts; now and then with a modifier that is none."""
    if draw.random() < 0.05:
        return draw.choice(("id:excerpt(0)", "id:nope()", "id:", "id:excerpt(3", ",", "id:lower"))
    names = list(_fields(collection))
    chosen = draw.sample(names, draw.choice((1, 2, 4)))
    texts = [name for name in names if name.endswith(("_remark", "_content", "_name", "_title"))]
    if texts and draw.random() < 0.5:
        excerpt = draw.choice(("3", "8,true", "200", "5,false"))
        chosen.append(f"{draw.choice(texts)}:excerpt({excerpt})")
    more = ("*", "id", "created", "expand.*.id", "expand.prod_list_icon.attachments_filename")
    return ",".join([*chosen, *draw.sample(more, draw.choice((0, 1, 2)))])
