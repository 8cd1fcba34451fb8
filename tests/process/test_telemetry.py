"""Spans at an OpenTelemetry collector and defects at Sentry, both real receivers of HTTP; nothing without them.

One server sends both. What goes out is searched for what a customer sent.
"""

import gzip
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bai_wx.process.settings import Settings, SettingsError
from bai_wx.process.telemetry import Telemetry
from tests.databases import without_sql
from tests.paths import PRODUCTS
from tests.process.robot import RobotServer, robot_server, says
from tests.running import Client, Server

pytestmark = without_sql
WAIT_S = 20
WRONG = "privatetextofacustomer"


@pytest.fixture
def receiver() -> Iterator[RobotServer]:
    """What takes both."""
    with robot_server() as running:
        running.answer = says("{}")
        yield running


def received(receiver: RobotServer, path: str) -> list[bytes]:
    """The bodies that came to a path, unpacked."""
    until = time.monotonic() + WAIT_S
    while not (found := _bodies(receiver, path)):
        assert time.monotonic() < until, f"nothing came to {path}: {receiver.paths}"
        time.sleep(0.05)
    return found


def _bodies(receiver: RobotServer, path: str) -> list[bytes]:
    both = zip(receiver.paths, receiver.bodies, strict=False)
    bodies = [body for where, body in both if where == path]
    return [gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body for body in bodies]


def spans(receiver: RobotServer) -> list[dict[str, Any]]:
    """The spans that came: their names and attributes."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    found = []
    for body in received(receiver, "/v1/traces"):
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = {a.key: a.value.string_value for a in resource.resource.attributes}
            for scope in resource.scope_spans:
                for span in scope.spans:
                    values = {
                        a.key: a.value.string_value or a.value.int_value for a in span.attributes
                    }
                    took = (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9
                    found.append({"name": span.name, "took": took, **values, **service})
    return found


def test_spans_and_defects_of_a_server(receiver: RobotServer, tmp_path: Path) -> None:
    """A request that is answered becomes a span, a defect both; neither has a text of the customer's."""
    address = receiver.url.removeprefix("http://").partition("/")[0]
    with Server(
        tmp_path / "home",
        OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{address}",
        OTEL_TRACES_SAMPLER_ARG="0",
        OTEL_BSP_SCHEDULE_DELAY="200",
        SENTRY_DSN=f"http://public@{address}/1",
    ) as server:
        client = Client(server.url).login("traced")
        record = client.get(PRODUCTS).json()["items"][0]["id"]
        server.write("UPDATE tbl_product_list SET prod_list_name = x'ff'")
        headers = {"X-Request-Id": "the-request", "X-Private": WRONG}
        path = f"{PRODUCTS}/{record}?fields=*&private={WRONG}"
        assert client.get(path, headers=headers).status_code == 500
        (span,) = spans(receiver)
        assert span["name"] == span["bai_wx.operation"] == "product_view"
        assert (span["http.request.method"], span["http.response.status_code"]) == ("GET", 500)
        assert (span["service.name"], span["bai_wx.request_id"]) == ("bai-wx", "the-request")
        assert 0 < span["took"] < WAIT_S
        (envelope,) = received(receiver, "/api/1/envelope/")
        event = json.loads(envelope.splitlines()[2])
        (last, *_) = reversed(event["exception"]["values"])
        assert last["value"] == ""
        assert any("bai_wx" in str(f.get("module")) for f in last["stacktrace"]["frames"])
        assert {"request", "user", "breadcrumbs", "extra"}.isdisjoint(event)
        sent = b"".join([*_bodies(receiver, "/v1/traces"), envelope])
        for private in (WRONG, client.openid, client.token, record):
            assert private.encode() not in sent
        assert "vars" not in last["stacktrace"]["frames"][-1]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        pytest.param("OTEL_EXPORTER_OTLP_ENDPOINT", "collector", "127.0.0.1:4318", id="no address"),
        pytest.param("OTEL_TRACES_SAMPLER_ARG", "2", "from 0 to 1", id="more than all"),
        pytest.param("OTEL_TRACES_SAMPLER_ARG", "few", "from 0 to 1", id="no number"),
        pytest.param("SENTRY_DSN", "https://TOPSECRET.example/1", "is no DSN", id="no key"),
    ],
)
def test_a_wrong_setting_is_one_line(name: str, value: str, said: str, tmp_path: Path) -> None:
    """It names the setting, and shows no DSN."""
    with pytest.raises(SettingsError, match=rf"^{name} .*{said}") as caught:
        Settings.from_environment({name: value}, tmp_path)
    assert "TOPSECRET" not in str(caught.value)


def test_nothing_is_sent_where_nothing_is_set(tmp_path: Path) -> None:
    assert Settings.from_environment({}, tmp_path).telemetry == Telemetry()


def test_neither_library_is_imported_where_nothing_is_set() -> None:
    """Starting with nothing set is what most shops do."""
    program = """
import sys
from bai_wx.process import telemetry
telemetry.start(telemetry.Telemetry(), "1")
print([name for name in sys.modules if name.partition(".")[0] in ("opentelemetry", "sentry_sdk")])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "[]\n"
