"""What docs/operations.md says of changing a product: its SQL is run beside a server that keeps products."""

from pathlib import Path

from tests import databases
from tests.docs.pages import blocks, text
from tests.running import Client, Server

NAMED = "P-01KAR3Z8H5D2F7G4J9K6MB1NQC"
AS_SHOWN = 199.5


def update() -> str:
    """The page's statement for the database of this run."""
    statements = [
        code for language, code in blocks(text("docs/operations.md")) if language == "sql"
    ]
    [ours] = [each for each in statements if ("-- PostgreSQL" in each) is databases.IS_POSTGRES]
    assert NAMED in ours
    return ours


def test_a_price_changed_in_the_database_is_the_next_answers(tmp_path: Path) -> None:
    """It was answered before, so the server had kept it; the buyer is told of the new amount."""
    with Server(tmp_path / "home") as server:
        user = Client(server.url).login("changing")
        products = f"/collections/tbl_product_list/records?filter=prod_list_id='{NAMED}'"
        [before] = user.get(products).json()["items"]
        assert before["prod_list_basic_price"] == AS_SHOWN
        goods = [{"prod_list_id": NAMED, "quantity": 1}]

        assert server.write(update()) == 1

        [after] = user.get(products).json()["items"]
        assert after["prod_list_basic_price"] == 209.5
        assert after["updated"] > before["updated"]
        refused = user.hook(
            "/order/create", {"order_source": "product", "items": goods, "order_amount": AS_SHOWN}
        )
        assert refused.status_code == 409
        assert refused.json()["data"]["order_amount"] == 209.5
