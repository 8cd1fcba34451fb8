"""Products in the console: prices and places in the list, many at once, copies, pictures, editors of fields.

Covers: bai_wx/console/products.py, bai_wx/console/theme.py, bai_wx/console/views/layouts.py, bai_wx/console/views/picture_field.py, bai_wx/console/views/products.py, bai_wx/console/views/state_field.py, bai_wx/console/views/suggested_field.py, bai_wx/console/views/word_fields.py
"""  # noqa: E501

import html
import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from PIL import Image

from bai_wx.console.products import STEP, places
from bai_wx.console.roles import Role
from tests.console.shop import PRODUCT, Console
from tests.console.visitor import HEADER, Visitor
from tests.running import Client

PAGES = f"/console/{PRODUCT}"
SEEN = re.compile(r'name="_seen" value="([^"]+)"')
MADE_ID = re.compile(r'name="_id" value="(\w{15})"')
FORM = {
    "prod_list_name": "新面板",
    "prod_list_status": "on_sale",
    "prod_list_basic_price": "19.90",
}

Make = Callable[..., str]


@pytest.fixture
def editor(console: Console) -> Visitor:
    return console.of(Role.EDITOR)


@pytest.fixture
def make(console: Console, editor: Visitor) -> Iterator[Make]:
    """Creates products by the form, and deletes them after the test."""
    made: list[str] = []

    def create(**form: str) -> str:
        [product_id] = MADE_ID.findall(editor.get(f"{PAGES}/create").text)
        answer = editor.post(f"{PAGES}/create", {"_id": product_id, **FORM, **form})
        assert answer.status_code == 303, answer.text
        made.append(product_id)
        return product_id

    yield create
    assert act(editor, "delete", *made).status_code == 200 if made else True


def act(visitor: Visitor, name: str, *product_ids: str) -> requests.Response:
    """Do an action with chosen rows of the list, as its script does."""
    query = urlencode([("name", name), *(("pks", each) for each in product_ids)])
    return visitor.post(f"/console/_api/{PRODUCT}/action?{query}")


def act_on(visitor: Visitor, name: str, product_id: str) -> requests.Response:
    """Do an action with one row."""
    query = urlencode({"name": name, "pk": product_id})
    return visitor.post(f"/console/_api/{PRODUCT}/row-action?{query}")


def stored(console: Console, product_id: str) -> dict[str, Any]:
    return console.server.row(PRODUCT, product_id)


def told(visitor: Visitor) -> str:
    """The page after a redirect, with what it tells."""
    return html.unescape(visitor.get(f"{PAGES}/list").text)


def picture() -> bytes:
    """A small PNG."""
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(written, "PNG")
    return written.getvalue()


WRITTEN = {
    "tags": ("prod_list_tags", "热销\n新品\n热销", "热销|新品"),
    "tags with a bar inside": ("prod_list_tags", "热销|新品", "热销|新品"),
    "functions": ("prod_list_function", "场景联动\n断电记忆", '["场景联动","断电记忆"]'),
    "no functions": ("prod_list_function", "", "null"),
    "functions as JSON": ("prod_list_function", '[{"name":"定时"}]', '[{"name":"定时"}]'),
    "parameters": (
        "prod_list_parameters",
        '[{"category":"电气","name":"电压","value":"220","unit":"V","sort":1}]',
        '[{"category":"电气","name":"电压","value":"220","unit":"V","sort":1}]',
    ),
    "a place": ("prod_list_sort", "7", 7),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_the_form_writes(console: Console, make: Make, name: str) -> None:
    field, typed, kept = WRITTEN[name]
    assert stored(console, make(**{field: typed}))[field] == kept


@pytest.mark.parametrize("name", WRITTEN)
def test_a_form_that_is_saved_unchanged_changes_nothing(
    console: Console, editor: Visitor, make: Make, name: str
) -> None:
    field, typed, _ = WRITTEN[name]
    product_id = make(**{field: typed})
    path = f"{PAGES}/edit?pk={product_id}"
    page = editor.get(path).text
    before = stored(console, product_id)
    assert editor.post(path, inputs(page)).status_code == 303
    assert stored(console, product_id) == before


def inputs(page: str) -> dict[str, str]:
    """What a browser would send of a page's form: inputs, text areas and chosen options."""
    form = page[page.index('class="console-form"') :]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        name = re.search(r'\bname="([^"]+)"', tag)
        value = re.search(r'\bvalue="([^"]*)"', tag)
        if name and 'type="file"' not in tag:
            found[name[1]] = html.unescape(value[1]) if value else ""
    for name, text in re.findall(
        r'<textarea\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S
    ):
        found[name] = html.unescape(text).removeprefix("\n")
    for name, options in re.findall(
        r'<select\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', form, re.S
    ):
        chosen = re.search(r'<option value="([^"]*)"\s+selected', options)
        found[name] = chosen[1] if chosen else ""
    found.pop("csrftoken", None)
    return found


def test_a_new_product_without_a_place_is_the_last(console: Console, make: Make) -> None:
    last = max(
        int(str(row["prod_list_sort"])) for row in console.rows(PRODUCT) if not row["is_delete"]
    )
    assert stored(console, make())["prod_list_sort"] == last + STEP


def test_a_price_is_changed_in_the_list(console: Console, editor: Visitor, make: Make) -> None:
    product_id = make()
    path = f"/console/_api/{PRODUCT}/inline-edit?pk={product_id}&field=prod_list_basic_price"
    fragment = editor.get(path).text
    assert re.findall(r'<input[^>]* name="(\w+)"', fragment.replace("\n", " "))[0] == (
        "prod_list_basic_price"
    ), "the library focuses the first input"
    [seen] = SEEN.findall(fragment)
    answer = editor.post(path, {"_seen": seen, "prod_list_basic_price": "25"})
    assert answer.status_code == 200, answer.text
    api = Client(console.url).get(f"/collections/{PRODUCT}/records/{product_id}").json()
    assert api["prod_list_basic_price"] == 25
    again = editor.post(path, {"_seen": seen, "prod_list_basic_price": "26"})
    assert again.status_code == 422, "the popover was opened before the change"
    history = html.unescape(editor.get(f"{PAGES}/detail?pk={product_id}").text)
    assert "¥19.90" in history
    assert "¥25.00" in history


def test_a_form_with_a_mistake_keeps_what_its_operator_has_seen(
    console: Console, editor: Visitor, make: Make
) -> None:
    path = f"{PAGES}/edit?pk={make()}"
    seen = SEEN.findall(editor.get(path).text)
    other = console.of(Role.ADMIN)
    theirs = {"_seen": seen[0], **FORM, "prod_list_remark": "他的备注"}
    assert other.post(path, theirs).status_code == 303
    wrong = editor.post(path, {"_seen": seen[0], **FORM, "prod_list_basic_price": "dear"})
    assert SEEN.findall(wrong.text) == seen, "their change is still to be told"
    mended = editor.post(path, {"_seen": seen[0], **FORM})
    assert mended.status_code == 422
    assert "他的备注" in html.unescape(mended.text)


def test_many_are_put_on_sale_and_those_without_a_price_are_named(
    console: Console, editor: Visitor, make: Make
) -> None:
    priced = make(prod_list_status="off_sale")
    free = make(prod_list_name="没有价格", prod_list_status="off_sale", prod_list_basic_price="0")
    assert act(editor, "put_on_sale", priced, free).status_code == 200
    assert [stored(console, each)["prod_list_status"] for each in (priced, free)] == [
        "on_sale",
        "off_sale",
    ]
    assert "没有价格（没有价格的商品不能上架）" in told(editor)
    assert act(editor, "take_off_sale", priced).status_code == 200
    assert stored(console, priced)["prod_list_status"] == "off_sale"


def test_a_copy_is_off_sale_and_keeps_the_rest(
    console: Console, editor: Visitor, make: Make
) -> None:
    source = make(prod_list_barcode="6950000000019", prod_list_tags="热销", prod_list_feature="好")
    answer = act_on(editor, "copy", source)
    assert answer.status_code == 303
    copy_id = re.search(r"pk=(\w{15})", answer.headers["Location"])
    assert copy_id
    made = stored(console, copy_id[1])
    assert {name: made[name] for name in made if name.startswith("prod_list")} == {
        **{
            name: value
            for name, value in stored(console, source).items()
            if name in made and name.startswith("prod_list")
        },
        "prod_list_id": made["prod_list_id"],
        "prod_list_name": "新面板（副本）",
        "prod_list_status": "off_sale",
        "prod_list_barcode": "",
        "prod_list_sort": stored(console, source)["prod_list_sort"] + STEP,
    }
    assert act(editor, "delete", copy_id[1]).status_code == 200


def test_a_picture_is_uploaded_and_chosen(console: Console, editor: Visitor, make: Make) -> None:
    answer = editor.send(
        "POST",
        "/console/attachments/upload",
        files={"file": ("面板.png", picture(), "image/png")},
        headers={HEADER: editor.token},
    )
    assert answer.status_code == 201, answer.text
    product_id = make(prod_list_icon=answer.json()["id"])
    shown = editor.get(f"{PAGES}/list").text
    thumb = re.search(rf'data-sa-pk="{product_id}".*?<img[^>]* src="([^"]+)"', shown, re.S)
    assert thumb
    assert editor.get(html.unescape(thumb[1])).headers["Content-Type"].startswith("image/")
    api = Client(console.url).get(f"/collections/{PRODUCT}/records/{product_id}").json()
    assert api["prod_list_icon"] == answer.json()["id"]


def test_the_selects_of_forms_speak_the_language_of_the_page(
    console: Console, editor: Visitor
) -> None:
    form = editor.get(f"/console/tbl_auth_users/edit?pk={console.first('tbl_auth_users')}").text
    assert "请选择，可输入关键词搜索" in form
    assert "Select company" not in form


def test_a_product_is_moved_between_two(console: Console, editor: Visitor, make: Make) -> None:
    first, second, third = (make(prod_list_sort=place) for place in ("9001", "9002", "9003"))
    move = {"id": third, "after": first, "before": second}
    answer = editor.post("/console/products/order", move)
    assert answer.json() == {third: 9002, second: 9003}
    listed = re.findall(r'data-sa-pk="(\w+)"', editor.get(f"{PAGES}/list?page_size=100").text)
    assert [each for each in listed if each in {first, second, third}] == [first, third, second]
    gone = editor.post("/console/products/order", move | {"after": "no", "before": "no"})
    assert gone.status_code == 409


def test_a_viewer_moves_nothing(console: Console) -> None:
    viewer = console.of(Role.VIEWER)
    assert viewer.post("/console/products/order", {}).status_code == 403
    page = viewer.get(f"{PAGES}/list").text
    assert 'data-console="reorder"' not in page
    assert "data-sa-inline-editable" not in page


def test_fields_offer_what_other_products_have(editor: Visitor) -> None:
    assert "开关面板" in editor.get("/console/products/words").json()["prod_list_category"]


PLACES = {
    "into none": ([], 0, STEP, {}),
    "first": ([5, 9], 0, 5 - STEP, {}),
    "last": ([5, 9], 2, 9 + STEP, {}),
    "between two with room": ([10, 20], 1, 15, {}),
    "between two without": ([10, 11, 30], 1, 11, {1: 12}),
    "before several without room": ([10, 11, 12, 30], 1, 11, {1: 12, 2: 13}),
    "among equal ones": ([0, 0, 0, 7], 1, 1, {1: 2, 2: 2}),
    "equal ones stay equal": ([4, 5, 5, 6], 1, 5, {1: 6, 2: 6, 3: 7}),
}


@pytest.mark.parametrize("name", PLACES)
def test_places(name: str) -> None:
    sorts, place, own, others = PLACES[name]
    assert places(sorts, place) == (own, others)
    moved = [*sorts]
    for at, sort in others.items():
        moved[at] = sort
    moved.insert(place, own)
    assert moved == sorted(moved), "the rows stay in their order"
    assert moved.count(own) == 1


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_texts_are_shown_as_texts(editor: Visitor, make: Make, text: str) -> None:
    product_id = make(
        prod_list_name=text,
        prod_list_tags=text,
        prod_list_category=text[:50],
        prod_list_function=json.dumps([text]),
        prod_list_parameters=json.dumps([{"name": text, "value": text}]),
    )
    for page in ("list", f"detail?pk={product_id}", f"edit?pk={product_id}"):
        assert text not in editor.get(f"{PAGES}/{page}").text
