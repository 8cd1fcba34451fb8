"""Identity papers: to all but their owner they are as if deleted, on every path, through every relation."""

import io
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
import requests
from PIL import Image

from bai_wx.record.collections import COLLECTIONS
from bai_wx.record.fields import Relation, Relations
from bai_wx.request.tokens import FILE_LIFETIME_S, file_secret
from tests.api import shop
from tests.api.pictures import picture
from tests.paths import ATTACHMENTS, CART_RECORDS, LOGIN, PROFILE
from tests.running import Client, Server

TABLE = "tbl_attachments"
TOKEN = "/files/token"
PRODUCT, DOCUMENT = "tproductpaper00", "tdocumentpaper0"
POINTING = [
    (model, field)
    for model in COLLECTIONS.values()
    for field in model.record_fields().values()
    if isinstance(field, (Relation, Relations)) and field.target == TABLE and model.LISTED
]
"""Every relation that holds ids of attachments."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose goods these tests may change."""
    with Server(tmp_path_factory.mktemp("papers") / "home") as running:
        running.take(shop.ROWS)
        yield running
        assert "against the contract" not in running.log
        assert "Traceback" not in running.log


@pytest.fixture(scope="module")
def guest(server: Server) -> Client:
    """Somebody without a token."""
    return Client(server.url)


@pytest.fixture(scope="module")
def alice(guest: Client) -> Client:
    """Who uploads the paper."""
    return guest.login("papers-alice")


@pytest.fixture(scope="module")
def bob(guest: Client) -> Client:
    """Another user."""
    return guest.login("papers-bob")


@pytest.fixture(scope="module")
def paper(server: Server, alice: Client) -> dict[str, Any]:
    """Alice's identity paper, which every relation to attachments points at."""
    files = {"attachments_link": ("paper.png", picture("PNG", 800, 600), "image/png")}
    made = alice.request("POST", ATTACHMENTS, files=files).json()
    alice.data(PROFILE, {"users_id_pic_a": made["attachments_id"]})
    values: dict[str, dict[str, Any]] = {}
    for model, field in POINTING:
        held = made["id"] if isinstance(field, Relation) else [shop.PICTURE["id"], made["id"]]
        values.setdefault(model.collection(), {})[field.name] = held
    product = {**shop.DIME, "id": PRODUCT, "prod_list_id": "P-T-PAPER", "prod_list_name": "证件"}
    document = {**shop.PUBLISHED, "id": DOCUMENT, "document_id": "D-T-PAPER"}
    server.take(
        {
            "tbl_product_list": [{**product, **values["tbl_product_list"]}],
            "tbl_document": [{**document, **values["tbl_document"]}],
        }
    )
    return dict(made)


def path_of(record: dict[str, Any]) -> str:
    """Where a record's file is."""
    return f"/files/{TABLE}/{record['id']}/{record['attachments_link']}"


def file_token(client: Client) -> str:
    """A file token of this user."""
    return str(client.request("POST", TOKEN).json()["token"])


def _walk() -> Iterator[tuple[str, dict[str, str]]]:
    """Every list that shows attachments or leads to them, asked in every way."""
    back = [f"{model.collection()}_via_{field.name}" for model, field in POINTING]
    yield ATTACHMENTS, {"perPage": "500"}
    for sort in ("-attachments_filename", "attachments_size", "-created", *back):
        yield ATTACHMENTS, {"sort": f"{sort}.id" if "_via_" in sort else sort, "perPage": "500"}
    for text in ("attachments_filename='paper.png'", "attachments_size>0", "attachments_owner!=''"):
        yield ATTACHMENTS, {"filter": text, "perPage": "500"}
    for step in back:
        yield ATTACHMENTS, {"filter": f"{step}.id!=''", "expand": step, "perPage": "500"}
    for model, field in POINTING:
        yield from _through(f"/collections/{model.collection()}/records", field.name, back)
    icon = "cart_product_id.prod_list_icon"
    yield CART_RECORDS, {"expand": icon}
    yield CART_RECORDS, {"filter": f"{icon}.attachments_filename~'p'"}
    yield CART_RECORDS, {"sort": f"{icon}.attachments_size"}


def _through(path: str, name: str, back: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    for operator in ("=", "!=", "~", "?=", "?!=", ">", "?<"):
        yield path, {"filter": f"{name}.attachments_filename{operator}'paper.png'"}
    yield path, {"filter": f"{name}.attachments_remark=''", "perPage": "1"}
    yield path, {"filter": f"{name}.id!=''"}
    yield path, {"sort": f"{name}.attachments_filename", "perPage": "1"}
    yield path, {"sort": f"-{name}.attachments_size", "perPage": "500"}
    yield path, {"expand": name, "perPage": "500"}
    for step in back:
        yield path, {"expand": f"{name}.{step}", "perPage": "500"}
        yield path, {"filter": f"{name}.{step}.id!=''", "perPage": "500"}


WALK = [pytest.param(path, query, id=f"{path} {query}") for path, query in _walk()]


@pytest.mark.parametrize(("path", "query"), WALK)
def test_to_others_it_is_as_if_deleted(
    server: Server,
    guest: Client,
    alice: Client,
    bob: Client,
    paper: dict[str, Any],
    path: str,
    query: dict[str, str],
) -> None:
    """The same answer to the byte, whether the paper is there or not; no answer holds anything of it."""
    _buy(bob)
    with_it = [client.get(path, params=query) for client in (guest, alice, bob, guest)]
    server.change(TABLE, paper["id"], is_delete=1)
    without = [client.get(path, params=query) for client in (guest, alice, bob, guest)]
    server.change(TABLE, paper["id"], is_delete=0)
    for place in (0, 2, 3):
        assert with_it[place].status_code == 200, with_it[place].text
        assert with_it[place].text == without[place].text
        # Its ids stay in what points at it, as those of a deleted one do.
        for value in (paper["attachments_md5"], paper["attachments_link"], alice.openid):
            assert value not in with_it[place].text


def _buy(bob: Client) -> None:
    """Bob has the product in his cart whose icon is the paper."""
    bob.hook("/cart/create", {"cart_product_id": PRODUCT, "cart_product_quantity": 1})


def test_its_owner_sees_it_everywhere(alice: Client, paper: dict[str, Any]) -> None:
    """Listed, counted, viewed, filtered through and expanded."""
    named = {"filter": f"id='{paper['id']}'"}
    assert alice.get(ATTACHMENTS, params=named).json()["totalItems"] == 1
    assert alice.get(f"{ATTACHMENTS}/{paper['id']}").status_code == 200
    for model, field in POINTING:
        path = f"/collections/{model.collection()}/records"
        asked = {"filter": f"{field.name}.id?='{paper['id']}'", "expand": field.name}
        assert paper["attachments_id"] in alice.get(path, params=asked).text


def test_a_total_follows_the_paper_it_is_sorted_by(
    server: Server, alice: Client, paper: dict[str, Any]
) -> None:
    """It depends on more than the products, so it is never that of a moment ago."""
    asked = {"sort": "prod_list_icon.attachments_filename", "perPage": "1"}

    def total() -> int:
        return int(
            alice.get("/collections/tbl_product_list/records", params=asked).json()["totalItems"]
        )

    before = total()
    server.change(TABLE, paper["id"], is_delete=1)
    without = total()
    server.change(TABLE, paper["id"], is_delete=0)
    assert (without, total()) == (before - 1, before)


def test_others_find_no_such_record(guest: Client, bob: Client, paper: dict[str, Any]) -> None:
    """404, as for a record that never was."""
    for client in (guest, bob):
        answer, nowhere = (
            client.get(f"{ATTACHMENTS}/{name}") for name in (paper["id"], "nosuchrecord000")
        )
        assert (answer.status_code, answer.text) == (404, nowhere.text)


@pytest.mark.parametrize(
    "query", [{"filter": "attachments_is_identity=1"}, {"sort": "attachments_is_identity"}]
)
def test_the_mark_is_hidden(alice: Client, paper: dict[str, Any], query: dict[str, str]) -> None:
    """Nobody may ask for it, and no answer has it, not even by name."""
    assert alice.get(ATTACHMENTS, params=query).status_code == 400
    picked = {"fields": "attachments_is_identity,id"}
    assert alice.get(f"{ATTACHMENTS}/{paper['id']}", params=picked).json() == {"id": paper["id"]}


def test_hooks_do_not_link_to_it(alice: Client, bob: Client, paper: dict[str, Any]) -> None:
    """A product whose icon it is has no icon, in carts and orders."""
    for client in (alice, bob):
        _buy(client)
        [line] = client.data("/cart/list", {})["items"]
        assert line["product"]["prod_list_icon_url"] == ""
        items = [{"prod_list_id": PRODUCT, "quantity": 1}]
        order = client.data("/order/create", {"order_source": "product", "items": items})
        assert paper["attachments_link"] not in str(order)


# --- its file ---


def test_its_file_opens_by_its_owners_token_alone(
    guest: Client, alice: Client, bob: Client, paper: dict[str, Any]
) -> None:
    """Whoever asks: the token in the address decides, and nobody may keep the answer."""
    path, token = path_of(paper), file_token(alice)
    for thumb in ({}, {"thumb": "100x100"}):
        opened = guest.get(path, params={**thumb, "token": token})
        assert opened.status_code == 200
        assert Image.open(io.BytesIO(opened.content)).size == ((100, 100) if thumb else (800, 600))
        assert opened.headers["Cache-Control"] == "private, no-store"
        for client in (guest, alice, bob):
            for wrong in ({}, {"token": ""}, {"token": "junk"}, {"token": file_token(bob)}):
                refused = client.get(path, params={**thumb, **wrong})
                assert refused.status_code == 404, (client.openid, wrong)
                assert refused.json()["message"] == "The requested resource wasn't found."


def test_what_opens_no_file(server: Server, alice: Client, paper: dict[str, Any]) -> None:
    """Each token is wrong in one way."""
    row = server.row("tbl_auth_users", alice.user_id)
    key = row["token_key"] + file_secret(server.secret)
    claims = jwt.decode(file_token(alice), options={"verify_signature": False})

    def opened(changes: dict[str, Any], signed_by: str = key) -> int:
        token = jwt.encode(claims | changes, signed_by, algorithm="HS256")
        return alice.get(path_of(paper), params={"token": token}).status_code

    assert opened({}) == 200
    assert alice.get(path_of(paper), params={"token": alice.token}).status_code == 404
    assert opened({"type": "auth"}) == opened({"exp": int(time.time()) - 1}) == 404
    assert opened({"id": "somebodyelse000"}) == opened({"collectionId": "pbc_1"}) == 404
    assert opened({}, row["token_key"] + server.secret) == 404, "an auth token's key"
    assert opened({"type": "auth"}, row["token_key"] + server.secret) == 404


def test_conditions_and_ranges_tell_nothing_without_the_token(
    guest: Client, alice: Client, paper: dict[str, Any]
) -> None:
    """With it they work as for every file; an answer to somebody else is never shared."""
    path, token = path_of(paper), {"token": file_token(alice)}
    etag = guest.get(path, params=token).headers["ETag"]
    for headers, status in (
        ({"If-None-Match": etag}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-Match": '"another"'}, 412),
        ({"Range": "bytes=0-9"}, 206),
        ({"Range": "bytes=99999999-"}, 416),
    ):
        for method in ("GET", "HEAD"):
            answer = guest.request(method, path, params=token, headers=headers)
            assert answer.status_code == (
                200 if method == "HEAD" and "Range" in headers else status
            )
            if answer.status_code < 400:
                assert answer.headers["Cache-Control"] == "private, no-store"
            assert guest.request(method, path, headers=headers).status_code == 404
    head = guest.request("HEAD", path, params=token)
    assert (head.status_code, head.headers["Cache-Control"]) == (200, "private, no-store")


def test_the_token_ends_with_its_user(
    server: Server, guest: Client, paper: dict[str, Any], alice: Client
) -> None:
    """Disabled, deleted, or with another `token_key`."""
    path, token = path_of(paper), {"token": file_token(alice)}
    row = server.row("tbl_auth_users", alice.user_id)
    for change in ({"users_status": "disabled"}, {"is_delete": 1}, {"token_key": "x" * 50}):
        server.change("tbl_auth_users", alice.user_id, **change)
        assert guest.get(path, params=token).status_code == 404, change
        server.change("tbl_auth_users", alice.user_id, **{name: row[name] for name in change})
    assert guest.get(path, params=token).status_code == 200


def test_an_invalid_paper_opens_for_nobody(
    server: Server, guest: Client, alice: Client, paper: dict[str, Any]
) -> None:
    """Nor does a deleted one."""
    for change, back in (
        ({"attachments_status": "invalid"}, {"attachments_status": "valid"}),
        ({"is_delete": 1}, {"is_delete": 0}),
    ):
        server.change(TABLE, paper["id"], **change)
        answer = guest.get(path_of(paper), params={"token": file_token(alice)})
        server.change(TABLE, paper["id"], **back)
        assert answer.status_code == 404


def test_a_file_token_holds_what_pocketbases_does(alice: Client) -> None:
    """Four claims and 180 seconds. It is no auth token."""
    token = file_token(alice)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert set(claims) == {"id", "type", "collectionId", "exp"}
    assert (claims["id"], claims["type"]) == (alice.user_id, "file")
    assert 0 <= time.time() + FILE_LIFETIME_S - claims["exp"] < 10
    user = Client(alice.url, token)
    assert user.hook("/cart/list", {}).status_code == 401
    assert user.request("POST", TOKEN).status_code == 401


def test_a_public_file_needs_no_token(guest: Client, alice: Client) -> None:
    """With any token it is the same file, kept as long as ever."""
    files = {"attachments_link": ("a.png", picture("PNG"), "image/png")}
    made = alice.request("POST", ATTACHMENTS, files=files).json()
    answers = [guest.get(path_of(made), params=each) for each in ({}, {"token": "junk"})]
    assert {_kept(answer) for answer in answers} == {(200, "private, max-age=86400")}


def _kept(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers["Cache-Control"]


def test_the_owner_gets_links_that_open(
    guest: Client, alice: Client, paper: dict[str, Any]
) -> None:
    """`UserInfo` has them with a token, from the login and from the profile."""
    login = {"users_wx_code": "demo-papers-alice"}
    for user in (guest.data(LOGIN, login)["user"], alice.data(PROFILE, {})["user"]):
        assert user["users_id_pic_a"] == paper["attachments_id"]
        assert user["users_id_pic_a_url"].startswith(f"/pb/api{path_of(paper)}?token=")
        opened = guest.get(user["users_id_pic_a_url"].removeprefix("/pb/api"))
        assert (opened.status_code, opened.headers["Content-Type"]) == (200, "image/png")


@pytest.mark.parametrize("field", ["users_id_pic_a", "users_id_pic_b", "users_picture"])
def test_anothers_paper_is_no_picture(bob: Client, paper: dict[str, Any], field: str) -> None:
    """It is refused as an unknown one is."""
    refused, unknown = (
        bob.hook(PROFILE, {field: name}) for name in (paper["attachments_id"], "A-NONE")
    )
    assert (refused.status_code, refused.text) == (400, unknown.text)


def test_a_paper_stays_one_whatever_the_profile_names(guest: Client) -> None:
    """Another, none, or the same as an avatar."""
    owner = guest.login("papers-carol")
    files = {"attachments_link": ("paper.png", picture("PNG"), "image/png")}
    first, second = (owner.request("POST", ATTACHMENTS, files=files).json() for _ in range(2))
    for sent in (
        {"users_id_pic_b": first["attachments_id"]},
        {"users_id_pic_b": second["attachments_id"]},
        {"users_id_pic_b": None, "users_picture": first["attachments_id"]},
    ):
        user = owner.data(PROFILE, sent)["user"]
        assert guest.get(f"{ATTACHMENTS}/{first['id']}").status_code == 404
        assert guest.get(path_of(first)).status_code == 404
    assert guest.get(f"{ATTACHMENTS}/{second['id']}").status_code == 404
    assert "?token=" in user["users_picture_url"]


def test_a_guest_gets_no_token(guest: Client) -> None:
    """401 in PocketBase's shape."""
    answer = guest.request("POST", TOKEN)
    assert answer.status_code == 401
    assert answer.json() == {
        "data": {},
        "message": "The request requires valid record authorization token.",
        "status": 401,
    }
