"""`bai-wx user export` and `bai-wx user erase`, as an operator types them."""

import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from click.testing import Result

from bai_wx.process.settings import Settings
from tests.cli.commands import ALICE, Run, done, refused, table
from tests.databases import IS_POSTGRES

PHONE = "13800138000"


def test_a_person_is_told_and_erased(
    bring: Callable[..., Result], run: Run, settings: Settings, tmp_path: Path
) -> None:
    """Exported whole, then erased; a second time there is nothing."""
    order = {"order_owner": ALICE, "order_source": "cart", "order_amount": 39.8}
    done(bring(tbl_auth_users=[{"openid": ALICE, "users_phone": PHONE}], tbl_order=[order]))
    target = tmp_path / "alice.zip"
    told = done(run("user", "export", ALICE, "--to", str(target), "--json"))
    assert (told["rows"]["tbl_auth_users"], told["rows"]["tbl_order"], told["files"]) == (1, 1, 0)
    with zipfile.ZipFile(target) as archive:
        (user,) = orjson.loads(archive.read("person.json"))["tbl_auth_users"]
    assert user["users_phone"] == PHONE
    assert "is there already" in refused(run("user", "export", ALICE, "--to", str(target)))
    told = done(run("user", "erase", ALICE, "--json"))
    assert (told["removed"], told["marked"]) == ({"tbl_auth_users": 1}, {"tbl_order": 1})
    assert table(settings, "tbl_auth_users") == []
    (kept,) = table(settings, "tbl_order")
    assert (kept["order_amount"], kept["order_owner"][:7]) == (3980, "erased-")
    assert refused(run("user", "erase", ALICE)) == f"Error: nothing is stored about {ALICE}\n"
    assert f"nothing is stored about {ALICE}" in refused(run("user", "export", ALICE))
    assert "is nobody's openid" in refused(run("user", "erase", ""))


@pytest.mark.skipif(IS_POSTGRES, reason="PostgreSQL has no such file")
def test_the_log_of_a_running_server_forgets_the_person(
    bring: Callable[..., Result], run: Run, settings: Settings
) -> None:
    """Its pages of before would stand there for as long as the shop is quiet. Who reads for long is told of."""
    path = settings.home / "bai-wx.db"
    done(bring(tbl_company=[{"company_name": "before anybody serves"}]))
    with closing(sqlite3.connect(path, isolation_level=None)) as server:
        server.execute("SELECT COUNT(*) FROM tbl_auth_users").fetchone()
        done(bring(tbl_auth_users=[{"openid": ALICE, "users_name": "王小二的名字"}]))
        assert "王小二的名字".encode() in Path(f"{path}-wal").read_bytes()
        server.execute("BEGIN")
        server.execute("SELECT COUNT(*) FROM tbl_auth_users").fetchone()
        assert "the database's log still holds" in run("user", "erase", ALICE).output
        server.execute("COMMIT")
        done(run("purge", "--older-than", "90d", "--json"))
        left = path.read_bytes() + Path(f"{path}-wal").read_bytes()
    assert [each for each in (ALICE, "王小二的名字") if each.encode() in left] == []


@pytest.mark.parametrize(
    "command",
    [("user", "export"), ("user", "erase"), ("user", "disable"), ("user", "enable"), ("token",)],
    ids=" ".join,
)
def test_a_users_id_is_no_openid(
    bring: Callable[..., Result], run: Run, settings: Settings, command: tuple[str, ...]
) -> None:
    """The log tells the one, these commands take the other: they say so, and do nothing."""
    done(bring(tbl_auth_users=[{"openid": ALICE}]))
    (before,) = table(settings, "tbl_auth_users")
    assert refused(run(*command, before["users_id"])) == (
        f"Error: {before['users_id']} is a users_id; the openid is on its page in the console\n"
    )
    assert table(settings, "tbl_auth_users") == [before]
    assert ALICE not in refused(run(*command, "nobody"))
