"""Work is bounded before it is begun: one request cannot keep a worker busy."""

import http.client
from urllib.parse import urlsplit

import pytest

from tests.faults.conftest import Said
from tests.running import Server

ANSWERED_S = 8
"""Far more than any answer here takes, and less than the older server took."""


def status_of(
    server: Server, method: str, target: str, headers: dict[str, str], body: bytes = b""
) -> int | str:
    """The status of an answer, or what came instead of one."""
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=ANSWERED_S)
    try:
        connection.request(method, target, body=body, headers=headers)
        return connection.getresponse().status
    except OSError as exc:
        return type(exc).__name__
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("method", "target", "end"),
    [
        pytest.param("GET", "tbl_company/records", "x", id="A3-60000-spaces-in-a-content-type"),
        pytest.param("POST", "tbl_company/records", ";a", id="A3-60000-spaces-before-a-parameter"),
        pytest.param("POST", "tbl_attachments/records", "x", id="A3-60000-spaces-of-an-upload"),
        pytest.param("DELETE", "tbl_company", "x", id="A3-60000-spaces-outside-the-contract"),
    ],
)
def test_a_content_type_of_spaces(
    server: Server, said: Said, method: str, target: str, end: str
) -> None:
    """It is refused as soon as it is seen."""
    content_type = "multipart/form-data" + " " * 60_000 + end
    headers = {"Content-Type": content_type}
    status = status_of(server, method, f"/pb/api/collections/{target}", headers, b"x=1")
    said(status)
    assert status in (400, 403)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        pytest.param("fields=document_content:excerpt(100000,true)", 400, id="A10-excerpt-100000"),
        pytest.param("fields=document_content:excerpt(200,true)", 200, id="A10-excerpt-200"),
        pytest.param(
            "filter=" + "%26%26".join(["strftime('%25Y',created)!='1'"] * 60),
            400,
            id="A13-60-functions",
        ),
    ],
)
def test_work_a_query_may_ask_for(server: Server, said: Said, query: str, status: int) -> None:
    """It has a bound."""
    came = status_of(server, "GET", f"/pb/api/collections/tbl_document/records?{query}", {})
    said(came)
    assert came == status
