"""The makers themselves: what they say is there is what the real PocketBase has."""

import shutil
from pathlib import Path

from tests.pocketbase_versions import PocketBase
from tests.takeover.making import Made, stored
from tests.takeover.shapes import STAFF, USERS


def test_every_token_is_good_where_it_comes_from(made: Made, tmp_path: Path) -> None:
    """PocketBase itself takes each of them, after the mangled rows were written, too."""
    pocketbase = PocketBase(made.version, tmp_path)
    shutil.copytree(made.folder, tmp_path, dirs_exist_ok=True)
    path = f"/api/collections/{USERS}/auth-refresh"
    with pocketbase.running():
        for token in made.tokens:
            record = pocketbase.ask("POST", path, {}, token.text)["record"]
            assert record["openid"] == token.openid


def test_every_kind_is_written(made: Made) -> None:
    """Rows by the API, files, thumbnails, what we have no place for, and what no API lets in."""
    size = made.shop.size
    orders = sum(kind.collection == "tbl_order" for kind, _ in made.mangled)
    assert made.rows["tbl_order"] == size.orders + orders
    assert made.rows["view_goods"] == made.rows["tbl_product_list"]
    assert made.rows[STAFF.name] == 1
    assert len(made.files) == size.files - 1, "one is altered"
    assert all({path.suffix for path in stored(made, each)} > {".attrs"} for each in made.files)
    assert any(made.pb_data.glob("storage/*/*/thumbs_*/*"))
    names = [kind.name for kind, _ in made.mangled]
    assert len(names) == len(set(names)) > 50
