"""What others set: the clock, a proxy that nobody named, the encoding of a connection, an import beside it."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.faults.conftest import Said
from tests.faults.steps import WANTED, case, replicable
from tests.running import Client, Server


@case("E3-clock-eight-days-on-and-back")
def test_a_clock_that_was_set_shuts_nobody_out(fault: None, tmp_path: Path, said: Said) -> None:
    """Eight days on, then back: who asked too often meanwhile may ask again after seconds.

    The machine's clock cannot be set here, so the server's own `time.time` is moved.
    """
    offset = tmp_path / "offset"
    offset.write_text("0")
    (tmp_path / "sitecustomize.py").write_text(
        "import time\n"
        "real = time.time\n"
        f"def moved(): return real() + float(open({str(offset)!r}).read() or 0)\n"
        "time.time = moved\n"
    )
    with Server(tmp_path / "home", BAI_WX_LIMITS="5/4 second", PYTHONPATH=str(tmp_path)) as server:
        client = Client(server.url)
        offset.write_text(str(8 * 24 * 3600))
        while_ahead = [client.get("/health").status_code for _ in range(8)]
        offset.write_text("0")
        refused = client.get("/health")
        told = refused.headers.get("Retry-After", "0")
        time.sleep(4.5)
        after = client.get("/health").status_code
        said(f"{while_ahead.count(429)} of 8 refused, then Retry-After {told}, then {after}")
        assert 429 in while_ahead
        assert int(told) <= 4
        assert after == 200


@case("E6-proxy-that-is-not-trusted")
def test_a_proxy_that_is_not_trusted_is_told(fault: None, tmp_path: Path, said: Said) -> None:
    """One warning that names the setting, however many requests it forwards."""
    with Server(tmp_path / "home", BAI_WX_LIMITS="300/10 second") as server:
        for number in range(5):
            Client(server.url).get("/health", headers={"X-Forwarded-For": f"203.0.113.{number}"})
        told = [line for line in server.log.splitlines() if "BAI_WX_TRUSTED_PROXIES" in line]
        said(f"{len(told)} warnings: {told[:1]}")
        assert len(told) == 1


@case("E6-trusted-proxy")
def test_a_trusted_proxy_is_not_told(fault: None, tmp_path: Path, said: Said) -> None:
    """It was named, and its clients are counted one by one."""
    trusted = {"BAI_WX_LIMITS": "5/hour", "BAI_WX_TRUSTED_PROXIES": "127.0.0.1"}
    with Server(tmp_path / "home", **trusted) as server:
        ask = [f"203.0.113.{number}" for number in range(9)]
        statuses = {
            Client(server.url).get("/health", headers={"X-Forwarded-For": each}).status_code
            for each in ask
        }
        told = "BAI_WX_TRUSTED_PROXIES" in server.log
        said(f"answers {sorted(statuses)}, warned {told}")
        assert (statuses, told) == ({200}, False)


@case("E6-doctor")
def test_doctor_says_whether_a_proxy_is_named(fault: None, tmp_path: Path, said: Said) -> None:
    """It cannot know whether there is one."""
    server = Server(tmp_path / "home")
    server.command("migrate")
    lines = server.command("doctor", check=False).stdout
    said(next((line for line in lines.splitlines() if "limits" in line), "nothing of limits"))
    assert "BAI_WX_TRUSTED_PROXIES" in lines


@replicable
@case("A11-client-encoding-of-the-surroundings")
def test_the_connections_encoding_is_ours(fault: None, tmp_path: Path, said: Said) -> None:
    """`PGCLIENTENCODING` is set for other programs: Chinese is written and read all the same."""
    with Server(tmp_path / "home", PGCLIENTENCODING="LATIN1") as server:
        buyer = Client(server.url).login("buyer")
        answer = buyer.hook("/cart/create", {**WANTED, "cart_remark": "备注"})
        said(answer.status_code)
        assert answer.status_code == 200
        assert answer.json()["data"]["cart_remark"] == "备注"


@case("E7-order-while-an-import-reads")
def test_an_order_does_not_wait_for_an_import(fault: None, tmp_path: Path, said: Said) -> None:
    """The import reads a pipe that gives its last row after the order; all its rows are there then."""
    folder = tmp_path / "rows"
    folder.mkdir()
    pipe = folder / "tbl_document.jsonl"
    os.mkfifo(pipe)
    row = '{"document_title": "Imported", "document_status": "有效", "document_content": "x"}\n'
    with Server(tmp_path / "home") as server:
        buyer = Client(server.url).login("buyer")
        with ThreadPoolExecutor(1) as pool:
            importing = pool.submit(server.command, "import", str(folder), check=False)
            with pipe.open("w") as rows:
                rows.write(row * 5000)
                rows.flush()
                status = buyer.hook("/cart/create", WANTED).status_code
                rows.write(row)
            done = importing.result()
        found = server.rows(
            "SELECT count(*) AS n FROM tbl_document WHERE document_title = 'Imported'"
        )
        said(f"write {status}, import {done.returncode}, {found[0]['n']} rows")
        assert (status, done.returncode, found[0]["n"]) == (200, 0, 5001)
