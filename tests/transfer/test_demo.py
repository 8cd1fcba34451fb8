"""The demo shop: whole, the same everywhere, and only ever in an empty shop.

Covers: bai_wx/transfer/demo_goods.py, bai_wx/transfer/demo_pictures.py
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bai_wx.database.connection import connect, disconnect
from bai_wx.files.store import FileStore, sniff
from bai_wx.process import schema
from bai_wx.process.settings import Settings
from bai_wx.transfer.demo import load_demo_shop
from bai_wx.transfer.demo_goods import ICONS
from bai_wx.transfer.demo_pictures import draw_picture
from models.attachments import Attachment
from models.company import Company, usci_is_valid
from models.documents import Document
from models.products import Product
from tests.stores import content


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """A migrated empty home."""
    made = Settings.from_environment({"BAI_WX_HOME": str(tmp_path)}, tmp_path)
    database = connect(made.database)
    schema.migrate(database)
    yield made
    disconnect()


def test_demo_shop_is_whole(settings: Settings) -> None:
    """Every picture is a stored file, every relation leads somewhere, some goods are off sale."""
    assert load_demo_shop(FileStore.at(settings.files))
    files = FileStore.at(settings.files)
    pictures = {row.id: row for row in Attachment.visible_to(None)}
    for row in pictures.values():
        data = content(files.find("tbl_attachments", row.id, row.attachments_link))
        assert len(data) == row.attachments_size < 8192
        assert sniff(data) == row.attachments_filetype
    assert {p.prod_list_icon for p in Product.select()} == set(pictures)
    assert (Product.visible_to(None).count(), Product.select().count()) == (10, 12)
    assert (Document.visible_to(None).count(), Document.select().count()) == (3, 4)
    assert [usci_is_valid(c.company_usci) for c in Company.visible_to(None)] == [True]


def test_demo_ids_are_fixed(settings: Settings) -> None:
    """README's examples name them."""
    load_demo_shop(FileStore.at(settings.files))
    product = Product.visible_to(None).order_by(Product.seq).first()
    assert product is not None
    assert (product.id, product.prod_list_id, product.prod_list_basic_price) == (
        "p9x2c5v8b1n4m7q",
        "P-01KAR3Z8H5D2F7G4J9K6MB1NQC",
        19950,
    )
    assert product.created == "2026-11-20 02:01:00.000Z"


def test_pictures_are_the_same_bytes_every_time() -> None:
    """A restarted demo stores what the rows describe."""
    drawn = [draw_picture(key, colour) for key, *_, colour in ICONS]
    assert drawn == [draw_picture(key, colour) for key, *_, colour in ICONS]
    assert len(set(drawn)) == len(ICONS)


def test_demo_shop_goes_into_an_empty_shop_only(settings: Settings) -> None:
    """A second start, and a shop of the operator's own, stay as they are."""
    assert load_demo_shop(FileStore.at(settings.files))
    assert not load_demo_shop(FileStore.at(settings.files))
    Product.delete().execute()
    assert not load_demo_shop(FileStore.at(settings.files))
    assert Product.select().count() == 0
