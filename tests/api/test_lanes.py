"""The compiled lane, Connexion's own stack, and a server that remembers nothing answer the same.

Covers: bai_wx/request/asgi.py, bai_wx/request/operation.py, bai_wx/request/responses.py
Covers: bai_wx/request/execution.py, bai_wx/request/dispatch.py
"""

import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from models.company import Company
from tests.api import shop
from tests.api.bundle import OPERATIONS
from tests.contract.operations import SCAFFOLDED
from tests.running import Answer, Client, Server
from tests.sent import FORM, JSON, UPLOAD

VARYING = [
    (re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z"), b"TIME"),
    (re.compile(rb"[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}"), b"TOKEN"),
    (re.compile(rb"(CART|O|A|C|U)-[0-9A-HJKMNP-TV-Z]{26}"), b"BUSINESS-ID"),
    (re.compile(rb'"(id|pb_id)":"[a-z0-9]{15}"'), b'"id":"RECORD-ID"'),
    (re.compile(rb'"(cart|order)_number":"\d+"'), b'"number":"NUMBER"'),
    (re.compile(rb'"attachments_link":"[^"]*"'), b'"attachments_link":"STORED"'),
]
ROUTED = "x-connexion-routed"
"""The header in which a server of one lane says what Connexion's router chose."""
# A second may pass between the two; a body's length shows in the body.
UNEQUAL_HEADERS = {"date", "content-length", ROUTED}
NOT_COMPILED = {
    "handlers.attachments.attachment_create",
    "handlers.files.file_download",
    "handlers.system.openapi_document",
}


@dataclass(frozen=True)
class Asked:
    """One request, sent to both lanes."""

    operation: str
    claim: str
    who: str = "alice"
    query: str = ""
    record: str = "zzzzzzzzzzzzzzz"
    body: Any = None
    raw: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    method: str = ""
    is_chunked: bool = False
    path: str = ""

    @property
    def id(self) -> str:
        """How pytest names it."""
        return f"{self.operation}: {self.claim}"

    @property
    def chosen(self) -> str:
        """The operation that a router has to choose; none for a method or path without one."""
        if self.claim == "another method" or self.operation == NO_OPERATION:
            return ""
        op = OPERATIONS[self.operation]
        return f"{op.definition['x-openapi-router-controller']}.{op.id}"

    @property
    def is_passed_on(self) -> bool:
        """Whether the compiled lane leaves it to Connexion: files, documents, and a batch in a form."""
        is_form = self.headers.get("Content-Type") == FORM["Content-Type"]
        return self.chosen in NOT_COMPILED or (self.operation == "batch" and is_form)


NO_OPERATION = "none"
COLLECTIONS = "/pb/api/collections"
COMPANY = Company.collection_id()
LINE = {"cart_product_id": shop.DIME["id"], "cart_product_quantity": 2}
ITEMS = [{"prod_list_id": "P-T-DIME", "quantity": 3}]
OWN_LINE = {"cart_owner": "$openid", "cart_product_id": shop.ODD["id"], "cart_product_quantity": 1}
OWN_ORDER = {"order_owner": "$openid", "order_source": "product", "order_snap": {"items": ITEMS}}
OTHER_LINE = {**OWN_LINE, "cart_product_id": shop.FREE["id"]}
ADDING = {"method": "POST", "url": "/api/collections/tbl_cart/records"}
BATCH_FORM = UPLOAD.replace(b"attachments_link", b"requests.0.attachments_link").removesuffix(
    b"--b--\r\n"
) + (
    b'--b\r\nContent-Disposition: form-data; name="@jsonPayload"\r\n\r\n'
    b'{"requests":[{"method":"POST","url":"/api/collections/tbl_attachments/records"}]}\r\n--b--\r\n'
)

# Sent in this order to each lane, by a user that starts with nothing there.
PAPER = f"/pb/api/files/tbl_attachments/{shop.PAPER['id']}/{shop.PAPER['attachments_link']}"
ASKED = [
    Asked("users_count", "any time", who="nobody"),
    Asked("users_count_post", "no body", who="nobody"),
    Asked("users_count_post", "an empty body", who="nobody", body={}),
    Asked("users_count_post", "a key", who="nobody", body={"x": 1}),
    Asked("users_count", "HEAD", who="nobody", method="HEAD"),
    Asked("users_count", "another method", method="DELETE"),
    Asked("health", "any time", who="nobody"),
    Asked("health", "another method", method="POST"),
    Asked("ready", "any time", who="nobody"),
    Asked("ready", "another method", method="POST"),
    Asked("openapi_document", "any time", who="nobody"),
    Asked("refresh_token", "with a token"),
    Asked("refresh_token", "with neither", who="nobody"),
    Asked("refresh_token", "with a bad code", who="nobody", body={"users_wx_code": "err-40029"}),
    Asked("wechat_login", "again", who="nobody", body={"users_wx_code": "demo-lanes"}),
    Asked("wechat_login", "without a code", who="nobody", body={}),
    Asked("wechat_login", "blocked", who="nobody", body={"users_wx_code": "err-40226"}),
    Asked(
        "wechat_login", "while WeChat is busy", who="nobody", body={"users_wx_code": "err-45011"}
    ),
    Asked(
        "wechat_login", "as text", who="nobody", raw=b"hi", headers={"Content-Type": "text/plain"}
    ),
    Asked("wechat_profile", "a name", body={"users_name": "车道"}),
    Asked("wechat_profile", "as a guest", who="nobody", body={"users_name": "车道"}),
    Asked("wechat_profile", "nothing", body={}),
    Asked("wechat_profile", "nulls", body={"users_tag": None, "users_phone": None}),
    Asked("wechat_profile", "a picture that is not there", body={"users_picture": "A-NONE"}),
    Asked("auth_refresh", "with a token"),
    Asked("auth_refresh", "with a bad token", who="garbage"),
    Asked("company_list", "everything", who="nobody", query="?filter=id='tcompanynobody0'"),
    Asked("company_list", "a bad filter", who="nobody", query="?filter=colour=1"),
    Asked("company_list", "a forbidden filter", who="nobody", query="?filter=@request.auth.id!=''"),
    Asked("company_create", "a good one", body={"company_name": "甲"}),
    Asked("company_create", "without a name", body={}),
    Asked("company_create", "as a guest", who="nobody", body={"company_name": "甲"}),
    Asked("company_view", "nobody's", record="tcompanynobody0"),
    Asked("company_view", "a missing one"),
    Asked("company_update", "nobody's", record="tcompanynobody0", body={"company_name": "改"}),
    Asked("company_update", "a broken body", raw=b"{bad", headers=JSON),
    Asked("attachment_list", "the tests' own", who="nobody", query="?filter=id='tpicturevalid00'"),
    Asked("attachment_view", "a valid one", record="tpicturevalid00"),
    Asked("attachment_view", "an invalid one", record="tpictureinvalid"),
    Asked("attachment_create", "a picture", raw=UPLOAD, headers=FORM),
    Asked("attachment_create", "a picture in chunks", raw=UPLOAD, headers=FORM, is_chunked=True),
    Asked("attachment_create", "as a guest", who="nobody", raw=UPLOAD, headers=FORM),
    Asked("attachment_create", "no file"),
    Asked("product_list", "two of them", who="nobody", query="?perPage=2&filter=id~'tproduct%25'"),
    Asked(
        "product_list",
        "some fields",
        who="nobody",
        query="?fields=id&filter=prod_list_id='P-T-DIME'",
    ),
    Asked("product_list", "a bad page", who="nobody", query="?page=x"),
    Asked("product_view", "with its icon", record=shop.DIME["id"], query="?expand=prod_list_icon"),
    Asked("product_view", "off sale", record="tproductoffsale"),
    Asked("document_list", "the dated one", who="nobody", query="?filter=id='tdocumentdated0'"),
    Asked("document_view", "a draft", record="tdocumentdraft0"),
    Asked("dict_list", "one", who="nobody", query="?filter=dict_name='users_level'"),
    Asked("dict_view", "one", who="nobody", record="g7n3v8c5z2b6d1h"),
    Asked("cart_list", "empty", body={}),
    Asked("cart_list", "as a guest", who="nobody", body={}),
    Asked("cart_list", "an unknown key", body={"colour": 1}),
    Asked("cart_create", "a good one", body=LINE),
    Asked("cart_create", "again", body=LINE),
    Asked("cart_create", "in chunks", body=LINE, is_chunked=True),
    Asked("cart_create", "an unknown product", body={**LINE, "cart_product_id": "P-NONE"}),
    Asked("cart_create", "another method", method="PUT", body=LINE),
    Asked("cart_create", "with a key", body=LINE, headers={"Idempotency-Key": "lane"}),
    Asked("cart_create", "with the same key", body=LINE, headers={"Idempotency-Key": "lane"}),
    Asked(
        "cart_create",
        "with the key of another body",
        body={**LINE, "cart_remark": "x"},
        headers={"Idempotency-Key": "lane"},
    ),
    Asked("cart_list", "one line", body={"sort": "-updated", "keyword": "t-dime"}),
    Asked("cart_detail", "a missing one", body={"cart_id": "CART-NONE"}),
    Asked("cart_update", "nothing", body={"cart_id": "CART-NONE"}),
    Asked("cart_delete", "a missing one", body={"cart_id": "CART-NONE"}),
    Asked("cart_record_list", "one's own", query="?expand=cart_product_id"),
    Asked("cart_record_list", "as a guest", who="nobody"),
    Asked("cart_record_create", "a good one", body=OWN_LINE),
    Asked("cart_record_create", "again", body=OWN_LINE),
    Asked("cart_record_create", "in chunks", body=OWN_LINE, is_chunked=True),
    Asked("cart_record_create", "in another's name", body={**OWN_LINE, "cart_owner": "x"}),
    Asked("cart_record_view", "a missing one"),
    Asked("cart_record_update", "a missing one", body={}),
    Asked(
        "cart_record_update",
        "by POST",
        method="POST",
        body={},
        headers={"X-HTTP-Method-Override": "PATCH"},
    ),
    Asked("cart_record_delete", "a missing one"),
    Asked("order_list", "empty", body={}),
    Asked("order_create", "a good one", body={"order_source": "product", "items": ITEMS}),
    Asked("order_create", "twice the same", body={"order_source": "product", "items": ITEMS * 2}),
    Asked(
        "order_create", "a missing line", body={"order_source": "cart", "cart_ids": ["CART-NONE"]}
    ),
    Asked("order_detail", "a missing one", body={"order_id": "O-NONE"}),
    Asked("order_update", "a missing one", body={"order_id": "O-NONE", "order_remark": "x"}),
    Asked("order_delete", "a missing one", body={"order_id": "O-NONE"}),
    Asked("order_list", "one order", body={"order_status": "pending"}),
    Asked("order_record_list", "one's own"),
    Asked("order_record_create", "a good one", body=OWN_ORDER),
    Asked("order_record_create", "another amount", body={**OWN_ORDER, "order_amount": 1}),
    Asked("order_record_view", "a missing one"),
    Asked("order_record_update", "a missing one", body={}),
    Asked("order_record_delete", "a missing one"),
    Asked("file_token", "with a token"),
    Asked("file_token", "with a bad token", who="garbage"),
    Asked("file_token", "as a guest", who="nobody"),
    Asked("batch", "a line", body={"requests": [{**ADDING, "body": OTHER_LINE}]}),
    Asked("batch", "a line again", body={"requests": [{**ADDING, "body": OTHER_LINE}]}),
    Asked("batch", "in chunks", body={"requests": [ADDING]}, is_chunked=True),
    Asked("batch", "as a guest", who="nobody", body={"requests": [ADDING]}),
    Asked("batch", "no request", body={"requests": []}),
    Asked("batch", "a broken body", raw=b"{bad", headers=JSON),
    Asked("batch", "a picture", raw=BATCH_FORM, headers=FORM),
    Asked("batch", "a picture in chunks", raw=BATCH_FORM, headers=FORM, is_chunked=True),
    Asked("batch", "a picture as a guest", who="nobody", raw=BATCH_FORM, headers=FORM),
    Asked("batch", "with a key", raw=BATCH_FORM, headers={**FORM, "Idempotency-Key": "batch"}),
    Asked(
        "batch", "with the same key", raw=BATCH_FORM, headers={**FORM, "Idempotency-Key": "batch"}
    ),
    Asked("batch", "a broken form", raw=b"--b", headers=FORM),
    Asked("file_download", "a missing one", who="nobody"),
    Asked("file_download", "another's identity paper", path=PAPER),
    Asked("file_download", "an identity paper with a bad token", path=f"{PAPER}?token=x"),
    Asked("attachment_view", "another's identity paper", record=shop.PAPER["id"]),
    # What the two routers might read in two ways.
    Asked("company_view", "by capitals", path=f"{COLLECTIONS}/TBL_COMPANY/records/tcompanynobody0"),
    Asked("company_view", "by its id", path=f"{COLLECTIONS}/{COMPANY}/records/tcompanynobody0"),
    Asked("company_view", "with a letter encoded", record="tcompanynobody%30"),
    Asked("company_view", "with a slash encoded", record="tcompanynobody0%2F"),
    Asked("company_view", "with an end of line", record="tcompanynobody0%0A"),
    Asked("company_view", "with bad UTF-8", record="%ff"),
    Asked("company_view", "HEAD", record="tcompanynobody0", method="HEAD"),
    Asked(
        "cart_record_delete",
        "by POST",
        method="POST",
        headers={"X-HTTP-Method": "DELETE"},
    ),
    Asked("file_download", "a name of dots", path="/pb/api/files/tbl_attachments/a/.."),
    Asked("file_download", "HEAD", who="nobody", method="HEAD"),
    Asked("attachment_create", "by capitals", path=f"{COLLECTIONS}/TBL_ATTACHMENTS/records"),
    Asked(NO_OPERATION, "a slash more", path="/pb/api/openapi.json/"),
    Asked(NO_OPERATION, "a slash more on a hook", method="POST", path="/pb/api/cart/list/"),
    Asked(NO_OPERATION, "an end of line more", path="/pb/api/health%0A"),
    Asked(NO_OPERATION, "a slash twice", path="/pb/api//health"),
    Asked(NO_OPERATION, "no record", path=f"{COLLECTIONS}/tbl_company/records/"),
    Asked(NO_OPERATION, "a file without a record", path="/pb/api/files/tbl_attachments//a.png"),
    Asked(NO_OPERATION, "a hook", path="/pb/api/cart/nothing", method="POST", body={}),
    Asked(NO_OPERATION, "a superuser's", path=f"{COLLECTIONS}/tbl_company", method="DELETE"),
    Asked(
        NO_OPERATION,
        "a superuser's with a broken body",
        path=f"{COLLECTIONS}/tbl_company",
        method="PATCH",
        raw=b"{bad",
        headers=JSON,
    ),
    Asked(
        NO_OPERATION,
        "a user's in a collection without",
        path=f"{COLLECTIONS}/tbl_company/auth-refresh",
        method="POST",
    ),
    Asked(NO_OPERATION, "a page's other method", path="/", method="POST"),
    Asked(NO_OPERATION, "what no page is", path="/pb/docs/nothing"),
    Asked(NO_OPERATION, "options", method="OPTIONS", path="/pb/api/cart/list"),
    *(Asked(name, "as it was scaffolded") for name in sorted(SCAFFOLDED)),
]


LANES: dict[str, dict[str, Any]] = {
    "compiled": {"compiled": True},
    "uncompiled": {"compiled": False},
    "forgetful": {"compiled": True, "BAI_WX_FORGET": "1"},
}


class OneLane(Server):
    """`Server`, but of one lane alone (`one_lane.py`). Its home must be migrated."""

    def __init__(self, home: Path, *, compiled: bool, **settings: str) -> None:
        super().__init__(home, **settings)
        self._compiled = compiled

    def serving(self, port: int) -> list[str]:
        """The command that serves this lane, on whatever port is free."""
        command = [sys.executable, "-m", "tests.api.one_lane", ROUTED]
        return command if self._compiled else [*command, "--uncompiled"]


@dataclass(frozen=True)
class Lane:
    """A server of one lane and the user's client there."""

    alice: Client

    def send(self, asked: Asked) -> Answer:
        """Send a request as it is written."""
        op = OPERATIONS.get(asked.operation)
        path = (asked.path or op.path).replace("{recordId}", asked.record)
        path = path.replace("{collection}", "tbl_attachments").replace("{filename}", "a.png")
        headers, body = dict(asked.headers), asked.raw
        if asked.body is not None:
            body = json.dumps(asked.body).replace("$openid", self.alice.openid).encode()
            headers |= JSON
        if asked.who != "nobody":
            token = self.alice.token if asked.who == "alice" else asked.who
            headers["Authorization"] = f"Bearer {token}"
        client = Client(self.alice.url)
        return client.raw(
            asked.method or (op.method if op else "GET"),
            path + asked.query.replace(" ", "%20"),
            headers=headers,
            body=[body] if asked.is_chunked else body,
        )


def masked(answer: Answer) -> tuple[int, bytes, list[tuple[str, str]]]:
    """What both lanes must agree on: ids, times and tokens are anybody's."""
    body = answer.body
    for pattern, word in VARYING:
        body = pattern.sub(word, body)
    headers = sorted((name.lower(), value) for name, value in answer.headers.items())
    return answer.status, body, [pair for pair in headers if pair[0] not in UNEQUAL_HEADERS]


@pytest.fixture(scope="module")
def lanes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Answer]]:
    """Every request's answer from each lane, from a server and a home of its own.

    What is read is asked twice: something may have been kept.
    """
    answers: dict[str, list[Answer]] = {}
    for name, options in LANES.items():
        server = OneLane(tmp_path_factory.mktemp(name) / "home", **options)
        server.command("migrate")
        server.take(shop.ROWS)
        with server:
            lane = Lane(Client(server.url).login("lanes"))
            for asked in ASKED:
                if asked.chosen and OPERATIONS[asked.operation].method == "GET":
                    lane.send(asked)
            answers[name] = [lane.send(asked) for asked in ASKED]
    return answers


@pytest.mark.parametrize("other", [name for name in LANES if name != "compiled"])
@pytest.mark.parametrize("number", [pytest.param(n, id=asked.id) for n, asked in enumerate(ASKED)])
def test_the_lanes_answer_the_same(lanes: dict[str, list[Answer]], number: int, other: str) -> None:
    """Status, body and headers."""
    assert masked(lanes[other][number]) == masked(lanes["compiled"][number])


def test_requests_cover_every_operation() -> None:
    """Each operation of the contract, good and bad."""
    assert {asked.operation for asked in ASKED} - {NO_OPERATION} == set(OPERATIONS)


@pytest.mark.parametrize("number", [pytest.param(n, id=asked.id) for n, asked in enumerate(ASKED)])
def test_connexion_chooses_every_operation_of_its_lane(
    lanes: dict[str, list[Answer]], number: int
) -> None:
    """The router itself says so; a path or a method outside the contract it leaves alone."""
    assert lanes["uncompiled"][number].headers[ROUTED] == ASKED[number].chosen


def test_connexion_chooses_what_is_not_compiled(lanes: dict[str, list[Answer]]) -> None:
    """Beside the compiled lane it chooses for three operations and for forms, and is not asked otherwise."""
    chosen = [asked.chosen if asked.is_passed_on else "" for asked in ASKED]
    assert [answer.headers[ROUTED] for answer in lanes["compiled"]] == chosen
    assert set(chosen) - {""} == NOT_COMPILED | {"handlers.batch.batch"}
