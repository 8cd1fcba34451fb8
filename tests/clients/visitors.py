"""Two mini programs: one reads answers where today's backend puts them, the other where ours does.

Both are written from what the owner tells of the clients (docs/owners-clients.md), not from the code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.clients.wx import UNDEFINED, MiniProgram, Result

OVERRIDE = "X-HTTP-Method-Override"
Json = dict[str, Any]


class Visitor:
    """A user of a mini program, and where it reads what it was answered."""

    def __init__(self, network: MiniProgram) -> None:
        self.network = network
        self.token = self.openid = ""
        self.user: Json = {}

    def header(self) -> dict[str, str]:
        """The token, once there is one."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def post(
        self, path: str, data: Any = UNDEFINED, header: Mapping[str, str] | None = None
    ) -> Result:
        """POST JSON below `/pb/api`."""
        sent = {**self.header(), **(header or {})}
        return self.network.request(f"/pb/api{path}", method="POST", data=data, header=sent)

    def get(self, path: str, data: Any = UNDEFINED) -> Result:
        """GET below `/pb/api`, the data as a query."""
        return self.network.request(f"/pb/api{path}", data=data, header=self.header())

    def asked(self, path: str, data: Any = UNDEFINED) -> Json:
        """POST, and the whole body of a success."""
        answer = self.post(path, data)
        assert answer.status == 200, answer.data
        assert answer.data["statusCode"] == 200
        assert answer.data["errMsg"]
        body: Json = answer.data
        return body

    def refused(self, path: str, data: Any = UNDEFINED) -> tuple[int, str, Json]:
        """POST, and status, code and fields of a refusal in its envelope."""
        answer = self.post(path, data)
        assert answer.status == answer.data["statusCode"] >= 400, answer.data
        assert answer.data["errMsg"]
        return answer.status, answer.data["data"]["code"], answer.data["data"]["fields"]

    def login(self, name: str) -> None:
        """Exchange the code of `wx.login` for a token."""
        body = self.asked("/wechat/login", {"users_wx_code": f"demo-{name}"})
        self.token = self.read_token(body)
        self.user = body["data"]["user"]
        self.openid = self.user["openid"]

    def profile(self, **keys: Any) -> Json:
        """Change the profile; the user as it is then."""
        user: Json = self.asked("/wechat/profile", keys)["data"]["user"]
        return user

    def record(self, path: str, data: Any) -> Json:
        """POST to a hook that answers one record, and the record."""
        return self.read_record(self.asked(path, data))

    def items(self, path: str, data: Any = UNDEFINED) -> list[Json]:
        """POST to a hook that answers a list, and its items."""
        return self.read_items(self.asked(path, data))

    def page(self, collection: str, **query: Any) -> Json:
        """A native list: the answer of PocketBase itself."""
        answer = self.get(f"/collections/{collection}/records", query or UNDEFINED)
        assert answer.status == 200, answer.data
        body: Json = answer.data
        return body

    def rows(self, collection: str, **query: Any) -> list[Json]:
        """The items of a native list."""
        items: list[Json] = self.page(collection, **query)["items"]
        return items

    def create(self, collection: str, **keys: Any) -> Json:
        """Create a row over the native path."""
        answer = self.post(f"/collections/{collection}/records", keys)
        assert answer.status == 200, answer.data
        row: Json = answer.data
        return row

    def update(self, collection: str, record_id: str, **keys: Any) -> Json:
        """Change a row over the native path: `wx.request` cannot say PATCH itself."""
        path = f"/collections/{collection}/records/{record_id}"
        answer = self.post(path, keys, {OVERRIDE: "PATCH"})
        assert answer.status == 200, answer.data
        row: Json = answer.data
        return row

    def upload(self, picture: Path, **form: Any) -> Json:
        """Upload a picture of the phone; the answer is text that the client parses."""
        answer = self.network.upload_file(
            "/pb/api/collections/tbl_attachments/records",
            file_path=picture,
            name="attachments_link",
            form_data=form,
            header=self.header(),
        )
        assert isinstance(answer.data, str)
        assert answer.status == 200, answer.data
        row: Json = json.loads(answer.data)
        return row

    def read_token(self, body: Json) -> str:
        """Where this client reads its token."""
        raise NotImplementedError

    def read_record(self, body: Json) -> Json:
        """Where this client reads one record of a hook."""
        raise NotImplementedError

    def read_items(self, body: Json) -> list[Json]:
        """Where this client reads the items of a hook's list."""
        raise NotImplementedError

    def read_product(self, line: Json) -> tuple[str, str, float]:
        """Name, model and price of a cart line's product."""
        raise NotImplementedError


class OldVisitor(Visitor):
    """Reads everything where today's backend puts it."""

    def read_token(self, body: Json) -> str:
        return str(body["token"])

    def read_record(self, body: Json) -> Json:
        return body

    def read_items(self, body: Json) -> list[Json]:
        items: list[Json] = body["items"]
        return items

    def read_product(self, line: Json) -> tuple[str, str, float]:
        return (
            line["product_name"],
            line["product_modelnumber"],
            line["product_basic_price"],
        )


class NewVisitor(Visitor):
    """Reads everything below `data`, and a product in its own object."""

    def read_token(self, body: Json) -> str:
        return str(body["data"]["token"])

    def read_record(self, body: Json) -> Json:
        record: Json = body["data"]
        return record

    def read_items(self, body: Json) -> list[Json]:
        items: list[Json] = body["data"]["items"]
        return items

    def read_product(self, line: Json) -> tuple[str, str, float]:
        product = line["product"] or {}
        return (
            product.get("prod_list_name", ""),
            product.get("prod_list_modelnumber", ""),
            product.get("prod_list_basic_price", 0),
        )
