"""`bai-wx import` and `bai-wx export`: rows in, rows out, and which file, line and field is wrong.

Covers: bai_wx/record/strict_values.py, bai_wx/transfer/exporter.py, bai_wx/transfer/importer.py
Covers: bai_wx/transfer/manifest.py, bai_wx/transfer/row_files.py
"""

from pathlib import Path
from typing import Any

import orjson
import pytest

from bai_wx.process.settings import Settings
from bai_wx.record.collections import COLLECTIONS
from tests.cli.commands import (
    ALICE,
    BOB,
    LONG_AGO,
    PRODUCT,
    Rows,
    Run,
    done,
    home_at,
    refused,
    table,
    world,
)


def test_import_makes_what_is_missing(bring: Any, settings: Settings) -> None:
    """Ids, moments and states of rows that do not name them."""
    counts = done(
        bring(
            tbl_cart=[{"cart_owner": ALICE, "cart_product_id": PRODUCT["id"],
                       "cart_product_quantity": 2, "created": LONG_AGO}],
            tbl_product_list=[PRODUCT],
            tbl_auth_users=[{"openid": ALICE}],
            tbl_company=[{"company_name": "甲"}],
            tbl_document=[{"document_title": "乙"}],
            tbl_attachments=[{}],
            tbl_order=[{"order_owner": ALICE, "order_source": "cart"}],
        )
    )["imported"]  # fmt: skip
    assert set(counts.values()) == {1}
    product, cart = table(settings, "tbl_product_list")[0], table(settings, "tbl_cart")[0]
    assert (product["prod_list_basic_price"], product["prod_list_status"]) == (1999, "on_sale")
    assert product["prod_list_id"].startswith("P-")
    assert (cart["cart_status"], cart["cart_create"], cart["updated"]) == (
        "active",
        LONG_AGO,
        LONG_AGO,
    )
    assert table(settings, "tbl_auth_users")[0]["users_status"] == "active"
    assert len(table(settings, "tbl_auth_users")[0]["token_key"]) == 50
    assert table(settings, "tbl_company")[0]["company_status"] == "active"
    assert table(settings, "tbl_document")[0]["document_status"] == "有效"
    assert table(settings, "tbl_attachments")[0]["attachments_status"] == "valid"
    assert table(settings, "tbl_order")[0]["order_status"] == "pending"


def test_import_keeps_what_is_given(bring: Any, settings: Settings) -> None:
    """Ids, moments, prices, states and snapshots stay as they are, deleted rows too."""
    snap = {
        "items": [
            {"prod_list_id": "P-OLD", "prod_list_name": "旧货", "prod_list_modelnumber": "",
             "quantity": 3, "at_price": 0.1, "subtotal": 0.29}
        ],
        "total": 0.29,
    }  # fmt: skip
    order = {
        "id": "order0000000001", "order_id": "O-OLD", "order_number": "20200101-7",
        "created": LONG_AGO, "updated": "2020-02-02T08:00:00+08:00", "order_create": LONG_AGO,
        "order_owner": ALICE, "order_source": "product", "order_source_id": "P-OLD",
        "order_status": "cancelled", "order_snap": snap, "order_amount": 0.29, "is_delete": 1,
    }  # fmt: skip
    done(bring(tbl_order=[order]))
    row = table(settings, "tbl_order")[0]
    assert (row["order_id"], row["order_number"], row["is_delete"]) == ("O-OLD", "20200101-7", 1)
    assert (row["created"], row["updated"]) == (LONG_AGO, "2020-02-02 00:00:00.000Z")
    assert (row["order_amount"], row["order_status"]) == (29, "cancelled")
    assert orjson.loads(row["order_snap"]) == snap
    assert "旧货" in row["order_keywords"]


def test_the_files_order_is_the_lists(bring: Any, settings: Settings) -> None:
    """Whatever the rows' own moments say."""
    names = ["丙", "甲", "乙"]
    done(bring(tbl_product_list=[{"prod_list_name": name} for name in names]))
    assert [row["prod_list_name"] for row in table(settings, "tbl_product_list")] == names


def test_relations_may_point_at_later_deleted_and_earlier_rows(bring: Any, run: Run) -> None:
    """Only a row that exists nowhere is missed."""
    done(bring(tbl_product_list=[{**PRODUCT, "is_delete": 1}]))
    line = {"cart_owner": ALICE, "cart_product_id": PRODUCT["id"], "cart_product_quantity": 1}
    assert done(bring(tbl_cart=[line]))["imported"] == {"tbl_cart": 1}


def test_import_keeps_odd_credit_codes_and_counts_them(bring: Any, settings: Settings) -> None:
    """Two companies may have one; what our API refuses is kept as it is."""
    good, odd = "91440300MA5GWX013E", "税号 123"
    codes = (good, good, odd, "91440300MA5GWX013F", "")
    rows = [{"company_name": f"公司{n}", "company_usci": usci} for n, usci in enumerate(codes)]
    report = done(bring(tbl_company=rows))
    assert (report["imported"], report["odd_credit_codes"]) == ({"tbl_company": 5}, 2)
    assert [row["company_usci"] for row in table(settings, "tbl_company")] == list(codes)


def test_imported_users_have_the_type_of_their_profile(bring: Any, settings: Settings) -> None:
    """Who names neither type nor kind of account logged in with WeChat."""
    complete = {"users_name": "王", "users_picture": "https://a.example/1.png"}
    done(bring(tbl_auth_users=[{"openid": ALICE}, {"openid": BOB, **complete}]))
    rows = table(settings, "tbl_auth_users")
    assert [row["users_type"] for row in rows] == ["游客", "注册用户"]
    assert {row["users_idtype"] for row in rows} == {"WeChat"}


BAD_ROWS = [
    pytest.param("tbl_company", {"company_name": "甲", "x": 1}, "x is not a field", id="key"),
    pytest.param("tbl_company", {"company_name": "甲" * 201}, "company_name must", id="too long"),
    pytest.param("tbl_company", {}, "company_name is required", id="required"),
    pytest.param("tbl_company", {"company_name": ""}, "company_name is required", id="empty"),
    pytest.param("tbl_product_list", {**PRODUCT, "id": "SHORT"}, "id must", id="record id"),
    pytest.param(
        "tbl_product_list",
        {**PRODUCT, "prod_list_basic_price": 1.005},
        "prod_list_basic_price must",
        id="three decimals",
    ),
    pytest.param(
        "tbl_product_list",
        {**PRODUCT, "prod_list_basic_price": -1},
        "prod_list_basic_price must",
        id="negative price",
    ),
    pytest.param(
        "tbl_product_list",
        {**PRODUCT, "prod_list_basic_price": "19.9"},
        "prod_list_basic_price must",
        id="price as text",
    ),
    pytest.param(
        "tbl_product_list",
        {**PRODUCT, "prod_list_status": "sold"},
        "prod_list_status must be one of on_sale, off_sale",
        id="state",
    ),
    pytest.param(
        "tbl_product_list",
        {**PRODUCT, "prod_list_icon": "nobody000000000"},
        "prod_list_icon points at nobody000000000",
        id="relation to nothing",
    ),
    pytest.param(
        "tbl_document",
        {"document_title": "乙", "document_images": "x"},
        "document_images must be a list",
        id="list of relations",
    ),
    pytest.param(
        "tbl_document",
        {"document_title": "乙", "document_effect_date": "soon"},
        "document_effect_date must be a date",
        id="date",
    ),
    pytest.param(
        "tbl_document",
        {"document_title": "乙", "document_share_count": 1.5},
        "document_share_count must be a whole number",
        id="fraction",
    ),
    pytest.param(
        "tbl_document", {"document_title": "乙", "is_delete": 2}, "is_delete must", id="is_delete"
    ),
    pytest.param("tbl_document", {"document_title": 5}, "document_title must be a text", id="type"),
    *(
        pytest.param(
            "tbl_attachments",
            {"attachments_link": name},
            "attachments_link must be the plain name of a stored file",
            id=f"file name {meaning}",
        )
        for meaning, name in {
            "of this folder": ".",
            "of the folder above": "..",
            "of another folder": "../bai-wx.db",
            "with a backslash": "a\\b.png",
            "with a NUL": "a.png\0.exe",
            "with a line break": "a\n.png",
            "beyond 255 bytes": "图" * 84 + ".png",
        }.items()
    ),
]


@pytest.mark.parametrize(("collection", "row", "said"), BAD_ROWS)
def test_import_names_file_line_and_field(
    bring: Any, settings: Settings, collection: str, row: dict[str, Any], said: str
) -> None:
    """One bad row among good ones: it is told where, and none of them is written."""
    good = {
        "tbl_company": {"company_name": "好"},
        "tbl_document": {"document_title": "好"},
        "tbl_product_list": {"prod_list_name": "好"},
    }
    first = good.get(collection, {})
    told = refused(bring(**{"tbl_attachments": [{}], collection: [first, row]}))
    assert f"{collection}.jsonl:2: {said}" in told
    assert table(settings, collection) == table(settings, "tbl_attachments") == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        pytest.param(
            {"tbl_company": [{"id": "company00000001", "company_name": n} for n in "甲乙"]},
            "tbl_company.jsonl:2: id must be unique",
            id="a record id twice",
        ),
        pytest.param(
            {"tbl_auth_users": [{"openid": ALICE}, {"openid": BOB}, {"openid": ALICE}]},
            "tbl_auth_users.jsonl:3: openid must be unique",
            id="an openid twice",
        ),
        pytest.param(
            {
                "tbl_product_list": [PRODUCT],
                "tbl_cart": [
                    {
                        "cart_owner": ALICE,
                        "cart_product_id": PRODUCT["id"],
                        "cart_product_quantity": 1,
                    }
                ]
                * 2,
            },
            "tbl_cart.jsonl:2: cart_owner, cart_product_id must be unique",
            id="two active lines of a product",
        ),
    ],
)
def test_import_names_the_row_the_database_refuses(
    bring: Any, rows: dict[str, Rows], said: str
) -> None:
    """Unique things stay unique."""
    assert said in refused(bring(**rows))


def test_a_row_that_is_there_is_not_replaced(bring: Any) -> None:
    """Importing twice is refused, not merged."""
    done(bring(tbl_product_list=[PRODUCT]))
    assert "id must be unique" in refused(bring(tbl_product_list=[PRODUCT]))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param({}, "has no rows", id="no file"),
        pytest.param({"tbl_other.jsonl": ""}, "tbl_other.jsonl: is no collection's", id="name"),
        pytest.param({"tbl_cart.jsonl": "", "tbl_cart.csv": ""}, "keep one", id="both formats"),
        pytest.param(
            {"tbl_company.jsonl": "\n{bad"}, "tbl_company.jsonl:2: is not JSON", id="json"
        ),
        pytest.param({"tbl_company.jsonl": "[1]"}, "1: is not a JSON object", id="no object"),
        pytest.param(
            {"tbl_company.csv": "company_name\n甲,乙"}, "csv:2: has 2 cells", id="too many cells"
        ),
        pytest.param({"tbl_company.csv": 'company_name\n"甲'}, "csv:2: is not CSV", id="csv"),
        pytest.param(
            {"tbl_product_list.csv": "prod_list_name,prod_list_function\n甲,[x"},
            "csv:2: prod_list_function must be JSON",
            id="a json cell",
        ),
        pytest.param(
            {"tbl_product_list.csv": "prod_list_name,prod_list_basic_price\n甲,inf"},
            "csv:2: prod_list_basic_price must be a number",
            id="a number cell",
        ),
        pytest.param({"tbl_company.csv": "a,a\n1,2"}, "names a column twice", id="twice a column"),
        pytest.param({"tbl_company.csv": ""}, "csv:1: has no header row", id="an empty table"),
        pytest.param({"tbl_company.csv": "\n甲"}, "csv:1: has no header row", id="no header"),
        pytest.param({"tbl_company.csv": '"a"b\n'}, "csv:1: is not CSV", id="a broken header"),
    ],
)
def test_unreadable_files_are_named(
    run: Run, tmp_path: Path, files: dict[str, str], said: str
) -> None:
    """With the line where there is one."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    assert said in refused(run("import", str(folder)))


def test_an_empty_jsonl_file_has_no_rows(bring: Any) -> None:
    """It needs no header to say so."""
    assert done(bring(tbl_company=[])) == {"imported": {"tbl_company": 0}}


def test_csv_as_spreadsheets_write_it(run: Run, settings: Settings, tmp_path: Path) -> None:
    """A byte order mark, quoted line breaks, JSON in cells, empty cells that say nothing."""
    folder = tmp_path / "in"
    folder.mkdir()
    text = (
        "\ufeffprod_list_name,prod_list_basic_price,prod_list_function,prod_list_sort,prod_list_remark\r\n"
        '"开关, 三键",199.50,"[""热销""]",7,"一\n二"\r\n'
        "插座,,,,\r\n"
    )
    (folder / "tbl_product_list.csv").write_text(text, "utf-8")
    done(run("import", str(folder), "--json"))
    switch, socket = table(settings, "tbl_product_list")
    assert (switch["prod_list_name"], switch["prod_list_basic_price"]) == ("开关, 三键", 19950)
    assert (switch["prod_list_function"], switch["prod_list_sort"]) == ('["热销"]', 7)
    assert switch["prod_list_remark"] == "一\n二"
    assert (socket["prod_list_function"], socket["prod_list_status"]) == ("null", "off_sale")


def test_export_and_import_make_the_same_rows(bring: Any, run: Run, tmp_path: Path) -> None:
    """What comes out of one home and goes into another comes out the same, byte for byte."""
    done(bring(**world()))
    first, second = tmp_path / "first", tmp_path / "second"
    counts = done(run("export", str(first), "--json"))["exported"]
    assert counts == {name: len(rows) for name, rows in world().items()}
    elsewhere = home_at(tmp_path / "elsewhere")
    done(run("import", str(first), "--json", **elsewhere))
    done(run("export", str(second), "--json", **elsewhere))
    for name in COLLECTIONS:
        assert (first / f"{name}.jsonl").read_bytes() == (second / f"{name}.jsonl").read_bytes()
    assert len(orjson.loads((first / "tbl_auth_users.jsonl").read_bytes())["token_key"]) == 50


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        pytest.param("tbl_order.jsonl", lambda old: b"", "is not what was", id="rows removed"),
        pytest.param(
            "tbl_company.jsonl",
            lambda old: old.replace(b'"is_delete":0', b'"is_delete":1'),
            "is not what was exported",
            id="a value changed",
        ),
        pytest.param("tbl_order.jsonl", None, "is missing", id="a file lost"),
        pytest.param("manifest.json", lambda old: b"{}", "is no manifest", id="no manifest"),
        pytest.param(
            "manifest.json",
            lambda old: old.replace(b'"rows": 1', b'"rows": 2', 1),
            "had 2 rows, and 1 were read",
            id="another number",
        ),
    ],
)
def test_import_refuses_what_is_not_what_was_exported(
    bring: Any, run: Run, tmp_path: Path, name: str, change: Any, said: str
) -> None:
    """Nothing is written then; without its manifest the folder is a folder like any other."""
    done(bring(**world()))
    done(run("export", str(tmp_path / "out"), "--json"))
    file = tmp_path / "out" / name
    if change is None:
        file.unlink()
    else:
        file.write_bytes(change(file.read_bytes()))
    elsewhere = home_at(tmp_path / "elsewhere")
    assert said in refused(run("import", str(tmp_path / "out"), **elsewhere))
    (tmp_path / "out" / "manifest.json").unlink()
    done(run("import", str(tmp_path / "out"), "--json", **elsewhere))


def test_long_work_tells_how_far_it_is(bring: Any) -> None:
    """On stderr, so that stdout stays JSON."""
    result = bring(tbl_company=[{"company_name": "甲"}] * 2500)
    assert done(result) == {"imported": {"tbl_company": 2500}}
    assert "tbl_company: 2,000 rows" in result.stderr
