"""What others learn of the owner of a file: nothing, by whichever way they ask."""

import pytest

from tests.faults.conftest import Said
from tests.paths import ATTACHMENTS, PRODUCTS
from tests.running import Client, Server

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def uploaded(server: Server) -> tuple[Client, str]:
    """Somebody, and the id of the picture they uploaded, which a product shows."""
    owner = Client(server.url).login("uploader")
    files = {"attachments_link": ("a.png", PNG, "image/png")}
    made = owner.request("POST", ATTACHMENTS, files=files)
    assert made.status_code == 200, made.text
    assert made.json()["attachments_owner"] == owner.openid
    product = owner.get(f"{PRODUCTS}?perPage=1").json()["items"][0]
    server.change("tbl_product_list", product["id"], prod_list_icon=made.json()["id"])
    return owner, made.json()["id"]


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        pytest.param("filter=attachments_owner='{owner}'", (0, 1), id="D6-filter-equal"),
        pytest.param("filter='{owner}'=attachments_owner", (0, 1), id="D6-filter-turned"),
        pytest.param("filter=attachments_owner~'{part}'", (0, 1), id="D6-filter-like"),
        pytest.param("filter=attachments_owner?='{owner}'", (0, 1), id="D6-filter-any"),
        pytest.param("filter=attachments_owner>'o'", (0, 1), id="D6-filter-greater"),
        pytest.param("filter=attachments_owner!=''", (0, 1), id="D6-filter-set"),
        pytest.param("filter=attachments_owner:lower~'{part}'", (0, 1), id="D6-filter-lower"),
        pytest.param(
            "filter=(attachments_owner='{owner}'||attachments_owner='x')", (0, 1), id="D6-filter-or"
        ),
        pytest.param("filter=id='{id}'%26%26attachments_owner=''", (1, 0), id="D6-filter-empty"),
        pytest.param(
            "filter=id='{id}'%26%26attachments_owner!='{owner}'", (1, 0), id="D6-filter-unlike"
        ),
        pytest.param(
            "filter='{owner}'~attachments_owner%26%26id='{id}'%26%26attachments_owner!=''",
            (0, 1),
            id="D6-filter-pattern",
        ),
    ],
)
def test_nobody_asks_for_anothers_files(
    server: Server, uploaded: tuple[Client, str], said: Said, query: str, hits: tuple[int, int]
) -> None:
    """Its owner finds them; to a guest and to another user no file has an owner."""
    owner, picture = uploaded
    asked = query.format(owner=owner.openid, part=owner.openid[7:20].lower(), id=picture)
    if ":lower" not in query:
        asked = query.format(owner=owner.openid, part=owner.openid[7:20], id=picture)
    others = Client(server.url), Client(server.url).login("curious")
    found = [
        c.get(f"{ATTACHMENTS}?{asked}").json()["totalItems"] for c in (*others, owner, others[0])
    ]
    said(f"guest, another, owner, guest: {found}")
    assert found == [hits[0], hits[0], hits[1], hits[0]]


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(f"{ATTACHMENTS}/{{id}}", id="D6-view"),
        pytest.param(f"{ATTACHMENTS}?filter=id='{{id}}'", id="D6-list"),
        pytest.param(f"{ATTACHMENTS}/{{id}}?fields=attachments_owner", id="D6-fields"),
        pytest.param(f"{ATTACHMENTS}?sort=attachments_owner&perPage=500", id="D6-sorted"),
        pytest.param(
            f"{PRODUCTS}?filter=prod_list_icon='{{id}}'&expand=prod_list_icon", id="D6-expand"
        ),
        pytest.param(
            f"{PRODUCTS}?filter=prod_list_icon='{{id}}'"
            "&expand=prod_list_icon.tbl_product_list_via_prod_list_icon.prod_list_icon",
            id="D6-expand-back",
        ),
    ],
)
def test_an_owner_is_shown_to_nobody_else(
    server: Server, uploaded: tuple[Client, str], said: Said, path: str
) -> None:
    """Whoever asked first: no answer is remembered for another caller."""
    owner, picture = uploaded
    asked = path.format(id=picture)
    clients = owner, Client(server.url), Client(server.url).login("curious"), owner
    shows = [owner.openid in client.get(asked).text for client in clients]
    said(f"owner, guest, another, owner see it: {shows}")
    assert shows == [True, False, False, True]


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param("prod_list_icon.attachments_owner='{owner}'", id="D6-through-a-relation"),
        pytest.param("prod_list_icon.attachments_owner~'{owner}'", id="D6-through-a-relation-like"),
    ],
)
def test_an_owner_is_not_asked_through_products(
    server: Server, uploaded: tuple[Client, str], said: Said, condition: str
) -> None:
    """A relation leads to the same private field."""
    owner, _ = uploaded
    asked = f"{PRODUCTS}?filter={condition.format(owner=owner.openid)}"
    found = [c.get(asked).json()["totalItems"] for c in (owner, Client(server.url))]
    said(f"owner, guest: {found}")
    assert found == [1, 0]
