"""A database that is damaged, or has no room at the commit: nothing is answered as done.

Covers: bai_wx/database/damage.py, bai_wx/process/integrity_check.py
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from tests import databases
from tests.faults.conftest import Said
from tests.faults.steps import (
    WANTED,
    add_to_cart,
    cart_ids,
    case,
    embedded,
    execute,
    outcome,
    replicable,
    upload,
)
from tests.running import Client, Server, uploaded_files


def fill(server: Server) -> None:
    """Make the database some megabytes large, so that there are pages to damage."""
    text = "wall plug " * 800
    rows = [
        {
            "document_title": f"Document {n}",
            "document_content": text,
            "document_status": "有效",
        }
        for n in range(500)
    ]
    server.take({"tbl_document": rows})


def overwrite(path: Path, pages: int = 400, first: int = 60) -> None:
    """Write noise over pages in the middle of the file."""
    with path.open("r+b") as file:
        size = path.stat().st_size // 4096
        assert size > first + pages
        file.seek(first * 4096)
        file.write(os.urandom(pages * 4096))


@embedded
@case("E4-400-pages-overwritten-before-the-start")
def test_a_damaged_database_is_not_served(fault: None, tmp_path: Path, said: Said) -> None:
    """One line that says so, and exit status 1."""
    with Server(tmp_path / "home") as server:
        fill(server)
    with closing(sqlite3.connect(server.database)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    overwrite(server.database)
    status, out, err = outcome(server.serving(0), server.environment, tmp_path)
    said(f"exit {status}; {out.strip()} {err.strip()}")
    assert status == 1
    assert "http://" not in out
    (line,) = err.splitlines()
    assert "damaged" in line


@embedded
@case("E4-first-page-overwritten-before-the-start")
def test_what_is_no_database_is_not_served(fault: None, tmp_path: Path, said: Said) -> None:
    """The header is gone: not even opening it works."""
    with Server(tmp_path / "home") as server:
        pass
    overwrite(server.database, pages=1, first=0)
    status, out, err = outcome(server.serving(0), server.environment, tmp_path)
    said(f"exit {status}; {out.strip()} {err.strip()}")
    assert status == 1
    assert "http://" not in out
    (line,) = err.splitlines()
    assert "BAI_WX_DATABASE" in line


@embedded
@case("E4-400-pages-overwritten-while-it-serves")
def test_damage_met_while_serving_ends_the_writes(fault: None, tmp_path: Path, said: Said) -> None:
    """Reads that meet it are 503, and so is every write from then on; a line in the log, no trace."""
    with Server(tmp_path / "home") as server:
        fill(server)
        buyer = Client(server.url).login("buyer")
        assert add_to_cart(buyer).status_code == 200
        lines = cart_ids(buyer)
        with closing(sqlite3.connect(server.database)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        overwrite(server.database)
        path = "/collections/tbl_document/records?perPage=100&page="
        reads = {buyer.get(f"{path}{page}").status_code for page in range(1, 6)}
        order = buyer.hook("/order/create", {"order_source": "cart", "cart_ids": lines})
        log = server.log
        told = sum("is damaged" in line for line in log.splitlines())
        said(f"reads {sorted(reads)}, order {order.status_code}, Traceback {'Traceback' in log}")
        assert 503 in reads
        assert reads <= {200, 503}
        assert order.status_code == 503
        assert int(order.headers["Retry-After"]) >= 1
        assert told == 1
        assert "Traceback" not in log
        ready = buyer.get("/ready")
        assert (ready.status_code, ready.json()["data"]["database"]["code"]) == (
            503,
            "database_damaged",
        )


REFUSE_AT_COMMIT = (
    "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$",
    *(
        f"CREATE CONSTRAINT TRIGGER no_{table} AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION no()"
        for table in ("tbl_attachments", "tbl_cart", "tbl_auth_users")
    ),
)
"""A disk that is full when the transaction ends."""


@replicable
@case("E4-commit-that-fails-late")
def test_what_fails_at_the_commit_is_not_answered_as_done(
    fault: None, tmp_path: Path, said: Said
) -> None:
    """503 for every kind of write; of an upload no file is left, and a key is free for another try."""
    with Server(tmp_path / "home") as server:
        user = Client(server.url).login("late")
        add = {"json": WANTED, "headers": {"Idempotency-Key": "the-same-line"}}
        kept = uploaded_files(server)
        execute(server.address, *REFUSE_AT_COMMIT)
        refused = [
            upload(user),
            user.request("POST", "/cart/create", **add),
            Client(server.url).hook("/wechat/login", {"users_wx_code": "demo-later"}),
        ]
        left = uploaded_files(server) - kept
        execute(server.address, "DROP FUNCTION no CASCADE")
        again = [upload(user), user.request("POST", "/cart/create", **add)]
        told = [answer.status_code for answer in refused]
        said(f"{told}, files left {len(left)}, then {[a.status_code for a in again]}")
        assert told == [503, 503, 503]
        assert left == set()
        assert [answer.status_code for answer in again] == [200, 200]
        assert again[1].json()["data"]["cart_product_quantity"] == 1
        assert "Traceback" not in server.log


@replicable
@case("E4-postgresql-damaged-while-it-serves")
def test_damage_that_postgresql_meets(fault: None, tmp_path: Path, said: Said) -> None:
    """What reads the damaged table is 503 with a line in the log; what does not is answered."""
    cluster = databases.Cluster()
    try:
        with Server(tmp_path / "home", BAI_WX_DATABASE=cluster.address) as server:
            buyer = Client(server.url).login("buyer")
            assert add_to_cart(buyer).status_code == 200
            cluster.overwrite("tbl_cart")
            damaged = [
                buyer.get("/collections/tbl_cart/records"),
                buyer.hook("/cart/list"),
                buyer.hook("/cart/create", WANTED),
            ]
            well = buyer.get("/collections/tbl_product_list/records").status_code
            told = [answer.status_code for answer in damaged]
            said(f"{told}, another table {well}")
            assert told == [503, 503, 503]
            assert well == 200
            assert all(int(answer.headers["Retry-After"]) >= 1 for answer in damaged)
            assert "Traceback" not in server.log
            assert buyer.openid not in server.log
    finally:
        cluster.remove()
