"""Bodies in chunks are bodies, of every media type."""

from collections.abc import Iterator

import pytest

from tests.api.pictures import PNG
from tests.faults.conftest import Said
from tests.faults.uploads import LINES, RECORDS
from tests.running import Client, Server
from tests.sent import FORM, MEBIBYTE, UPLOAD


def chunks(data: bytes) -> Iterator[bytes]:
    """A body in small chunks."""
    for start in range(0, len(data), 100):
        yield data[start : start + 100]


def line(client: Client) -> bytes:
    """A cart line as a multipart form."""
    product = client.get("/collections/tbl_product_list/records", params={"perPage": 1}).json()
    fields = {
        "cart_owner": client.openid,
        "cart_product_id": product["items"][0]["id"],
        "cart_product_quantity": "1",
    }
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return "".join([*parts, "--b--\r\n"]).encode()


@pytest.mark.parametrize(
    ("body", "media"),
    [
        pytest.param(UPLOAD, FORM, id="C1-a-chunked-upload"),
        pytest.param(
            UPLOAD.replace(PNG, PNG + bytes(MEBIBYTE)), FORM, id="C1-a-chunked-upload-of-1-MiB"
        ),
        pytest.param(
            UPLOAD,
            {**FORM, "X-HTTP-Method-Override": "POST"},
            id="C1-a-chunked-upload-that-names-its-method",
        ),
    ],
)
def test_chunked_upload(alice: Client, said: Said, body: bytes, media: dict[str, str]) -> None:
    """Node, Go and Dart send what they do not know the length of in chunks."""
    answer = alice.raw("POST", RECORDS, headers=media, body=chunks(body))
    said(f"{answer.status} {answer.body[:120]!r}")
    assert answer.status == 200


@pytest.mark.parametrize("how", [pytest.param("chunked", id="C1-a-chunked-form-and-an-override")])
def test_chunked_form_on_other_paths(server: Server, said: Said, how: str) -> None:
    """A multipart form creates a line and changes it, in chunks as well."""
    client = Client(server.url).login(f"forms-{how}")
    made = client.raw("POST", LINES, headers=FORM, body=chunks(line(client)))
    path = f"{LINES}/{made.json().get('id')}"
    body = b'--b\r\nContent-Disposition: form-data; name="cart_remark"\r\n\r\nx\r\n--b--\r\n'
    override = {**FORM, "X-HTTP-Method-Override": "PATCH"}
    changed = client.raw("POST", path, headers=override, body=chunks(body))
    found = [made.status, changed.status, changed.json().get("cart_remark")]
    said(found)
    assert found == [200, 200, "x"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param(RECORDS, b'{"attachments_remark":"x"}', id="C1-chunked-JSON-without-a-file"),
        pytest.param("/pb/api/cart/list", b'{"pageSize":1}', id="C1-chunked-JSON-to-a-hook"),
    ],
)
def test_chunked_json(alice: Client, said: Said, path: str, body: bytes) -> None:
    """It is answered as the same JSON of a known length."""
    media = {"Content-Type": "application/json"}
    whole = alice.raw("POST", path, headers=media, body=body)
    parts = alice.raw("POST", path, headers=media, body=chunks(body))
    said(parts.status)
    assert (parts.status, parts.body) == (whole.status, whole.body)
