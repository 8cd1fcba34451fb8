"""A home, and what the tests of the commands ask of a run on it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from click.testing import Result

from bai_wx.database.connection import connect, disconnect
from bai_wx.process.settings import Settings
from bai_wx.record.base import Record
from bai_wx.record.collections import COLLECTIONS
from tests.databases import IS_POSTGRES, new_address
from tests.kinds import kind_of

Run = Callable[..., Result]
Rows = list[dict[str, Any]]
ALICE, BOB = "openid-alice", "openid-bob"
PRODUCT = {"id": "product00000001", "prod_list_name": "开关", "prod_list_basic_price": 19.99}
LONG_AGO = "2020-01-01 00:00:00.000Z"


def home_at(folder: Path) -> dict[str, str]:
    """The settings of an empty home with a database of its own."""
    address = new_address(folder) if IS_POSTGRES else f"sqlite:///{folder}/bai-wx.db"
    return {"BAI_WX_HOME": str(folder), "BAI_WX_DATABASE": address}


def done(result: Result) -> Any:
    """The JSON answer of a command that worked."""
    assert result.exit_code == 0, result.stderr
    return orjson.loads(result.stdout)


def refused(result: Result) -> str:
    """What a command that failed said, on stderr alone and without a stack trace."""
    assert result.exit_code != 0
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


def table(settings: Settings, collection: str) -> Rows:
    """Every row of a collection."""
    connect(settings.database)
    rows = list(COLLECTIONS[collection].select().order_by(COLLECTIONS[collection].seq).dicts())
    disconnect()
    return rows


def world() -> dict[str, Rows]:
    """A row of each kind of field, deleted and hidden ones included, and of any other collection one."""
    others = {name: [_plainest(model)] for name, model in COLLECTIONS.items()}
    return others | {
        "tbl_auth_users": [{"openid": ALICE, "users_name": "爱丽丝", "company": "company00000001"}],
        "tbl_company": [
            {"id": "company00000001", "company_name": "甲", "company_owner_openid": ALICE}
        ],
        "tbl_attachments": [{"id": "picture00000001"}, {"id": "picture00000002", "is_delete": 1}],
        "tbl_product_list": [
            {
                **PRODUCT,
                "prod_list_icon": "picture00000002",
                "prod_list_function": ["b", "a"],
                "prod_list_tags": "b|a",
            }
        ],
        "tbl_document": [
            {"document_title": "文", "document_images": ["picture00000001", "picture00000002"]}
        ],
        "tbl_cart": [
            {
                "cart_owner": ALICE,
                "cart_product_id": PRODUCT["id"],
                "cart_product_quantity": 3,
                "cart_at_price": 0.1,
            }
        ],
        "tbl_order": [
            {
                "order_owner": ALICE,
                "order_source": "product",
                "order_amount": 9999999.99,
                "order_snap": {
                    "total": 9999999.99,
                    "items": [
                        {
                            "subtotal": 9999999.99,
                            "at_price": 9999999.99,
                            "quantity": 1,
                            "prod_list_modelnumber": "",
                            "prod_list_name": "货",
                            "prod_list_id": "P-1",
                        }
                    ],
                },
            }
        ],
    }


def _plainest(model: type[Record]) -> dict[str, Any]:
    """A row that names what it must."""
    values = {
        "number": 1,
        "money": 0.01,
        "json": {},
        "date": LONG_AGO,
        "relation": PRODUCT["id"],
        "relations": [PRODUCT["id"]],
    }
    return {
        name: values.get(kind_of(field), getattr(field, "values", ["x"])[0])
        for name, field in model.record_fields().items()
        if field.required and not field.server_made
    }
