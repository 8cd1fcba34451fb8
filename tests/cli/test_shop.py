"""The commands of a shop's operator: tokens, users, orders, what is deleted.

Covers: bai_wx/record/upkeep.py
"""

import time
from typing import Any

import orjson
import pytest

from bai_wx.console import audit
from bai_wx.database.connection import connect, disconnect
from bai_wx.files.store import FileStore
from bai_wx.process.settings import Settings
from bai_wx.record import clock, old_secrets
from bai_wx.request.tokens import Tokens
from tests.cli.commands import ALICE, BOB, LONG_AGO, PRODUCT, Run, done, refused, table


def noted(settings: Settings) -> list[str]:
    """What the audit log says that commands did, the oldest first."""
    connect(settings.database)
    entries = audit.entries(audit.Filter(operator_name="bai-wx"))
    disconnect()
    return [entry.action for entry in reversed(entries)]


# --- token, user, order ---


def test_token_is_one_the_server_takes(bring: Any, run: Run, settings: Settings) -> None:
    """It speaks for the user of this openid."""
    done(bring(tbl_auth_users=[{"openid": ALICE}]))
    token = run("token", ALICE).stdout.strip()
    assert done(run("token", ALICE, "--json"))["token"].count(".") == 2
    connect(settings.database)
    caller = Tokens(settings.secret).caller(token)
    disconnect()
    assert caller is not None
    assert caller.openid == ALICE


def test_token_of_nobody_and_of_a_disabled_user_is_refused(bring: Any, run: Run) -> None:
    """It would not hold."""
    done(bring(tbl_auth_users=[{"openid": ALICE, "users_status": "disabled"}]))
    assert "disabled" in refused(run("token", ALICE))
    assert "no user" in refused(run("token", BOB))


def test_user_is_disabled_and_enabled(bring: Any, run: Run, settings: Settings) -> None:
    """A token ends with the first and holds again with the second."""
    done(bring(tbl_auth_users=[{"openid": ALICE}]))
    token = run("token", ALICE).stdout.strip()
    for command, status in (("disable", "disabled"), ("enable", "active")):
        told = done(run("user", command, ALICE, "--json"))
        assert told == {"openid": ALICE, "users_status": status}
        connect(settings.database)
        holds = Tokens(settings.secret).caller(token) is not None
        disconnect()
        assert holds is (status == "active")
    assert "no user" in refused(run("user", "disable", BOB))
    assert noted(settings) == ["disable", "enable"]


def test_order_moves_as_the_operator_may(bring: Any, run: Run, settings: Settings) -> None:
    """Forward, or to cancelled; not back, and never an unknown order."""
    done(bring(tbl_order=[{"order_owner": ALICE, "order_source": "cart", "order_id": "O-1"}]))
    assert "may not move" in refused(run("order", "move", "O-1", "completed"))
    moved = done(run("order", "move", "O-1", "confirmed", "--json"))
    assert moved == {"order_id": "O-1", "order_status": "confirmed"}
    assert run("order", "move", "O-1", "completed").exit_code == 0
    assert "may not move" in refused(run("order", "move", "O-1", "pending"))
    assert "no order O-2" in refused(run("order", "move", "O-2", "confirmed"))
    assert noted(settings) == ["move", "move"]


# --- undelete, purge ---


def line(number: int, **more: Any) -> dict[str, Any]:
    """A cart line of Alice's."""
    return {
        "id": f"line{number:011}",
        "cart_id": f"CART-{number}",
        "cart_owner": ALICE,
        "cart_product_id": PRODUCT["id"],
        "cart_product_quantity": number,
        **more,
    }


@pytest.mark.parametrize("name", ["CART-1", "line00000000001"], ids=["business id", "record id"])
def test_undelete_brings_a_row_back(bring: Any, run: Run, settings: Settings, name: str) -> None:
    """By either of its ids; it was changed just now."""
    done(bring(tbl_product_list=[PRODUCT], tbl_cart=[line(1, is_delete=1, updated=LONG_AGO)]))
    assert done(run("undelete", "tbl_cart", name, "--json"))["id"] == "line00000000001"
    row = table(settings, "tbl_cart")[0]
    assert row["is_delete"] == 0
    assert row["updated"] > LONG_AGO
    assert "no deleted row" in refused(run("undelete", "tbl_cart", name))
    assert noted(settings) == ["restore"]


def test_undelete_respects_what_is_unique(bring: Any, run: Run, settings: Settings) -> None:
    """The product is in the cart again by now: the old line stays deleted."""
    done(bring(tbl_product_list=[PRODUCT], tbl_cart=[line(1, is_delete=1), line(2)]))
    told = refused(run("undelete", "tbl_cart", "CART-1"))
    assert "another row stands in its place" in told
    assert "cart_owner" in told
    assert [row["is_delete"] for row in table(settings, "tbl_cart")] == [1, 0]


def test_purge_removes_old_deleted_rows_with_their_files(
    bring: Any, run: Run, settings: Settings
) -> None:
    """Recent ones, living ones, and those a required relation points at stay."""
    old = {"is_delete": 1, "updated": LONG_AGO}
    pictures = [f"picture0000000{n}" for n in range(3)]
    done(
        bring(
            tbl_attachments=[
                {"id": pictures[0], **old},
                {"id": pictures[1], "is_delete": 1},
                {"id": pictures[2], "updated": LONG_AGO},
            ],
            tbl_product_list=[
                {**PRODUCT, "prod_list_icon": pictures[0]},
                {"id": "product00000002", "prod_list_name": "旧", **old},
                {"id": "product00000003", "prod_list_name": "更旧", **old},
            ],
            tbl_document=[{"document_title": "文", "document_images": pictures}],
            tbl_cart=[line(1, cart_product_id="product00000002"), line(2, **old)],
        )
    )
    files = FileStore.at(settings.files)
    for picture in pictures:
        files.put("tbl_attachments", picture, "a_1.pdf", b"%PDF")
    told = done(run("purge", "--older-than", "90d", "--json"))
    assert {name: n for name, n in told["rows"].items() if n} == {
        "tbl_attachments": 1,
        "tbl_product_list": 1,
        "tbl_cart": 1,
    }
    assert told["kept"]["tbl_product_list"] == 1
    assert told["files"] == 1
    assert [p for p in pictures if files.find("tbl_attachments", p, "a_1.pdf")] == pictures[1:]
    assert table(settings, "tbl_product_list")[0]["prod_list_icon"] == ""
    assert orjson.loads(table(settings, "tbl_document")[0]["document_images"]) == pictures[1:]
    names = [row["attachments_id"] for row in table(settings, "tbl_attachments")]
    assert table(settings, "tbl_document")[0]["document_image"] == "|".join(names)


def test_purge_leaves_what_is_younger(bring: Any, run: Run, settings: Settings) -> None:
    """The age is that of the deletion, not of the row."""
    yesterday = clock.text_of(time.time() - 24 * 3600)
    done(bring(tbl_company=[{"company_name": "甲", "is_delete": 1, "created": LONG_AGO,
                             "updated": yesterday}]))  # fmt: skip
    assert done(run("purge", "--older-than", "2d", "--json"))["rows"]["tbl_company"] == 0
    assert done(run("purge", "--older-than", "23h", "--json"))["rows"]["tbl_company"] == 1
    assert table(settings, "tbl_company") == []


# --- secret ---


def test_secret_drop_old_ends_what_a_take_over_kept(
    bring: Any, run: Run, settings: Settings
) -> None:
    """The doctor says that it is kept, and the command how many users may notice."""
    done(bring(tbl_auth_users=[{"openid": ALICE}, {"openid": BOB, "is_delete": 1}]))
    assert "ok   old secrets: none" in run("doctor").stdout
    assert done(run("secret", "drop-old", "--json")) == {"dropped": 0, "users": 0, "own": 0}
    connect(settings.database)
    old_secrets.keep("gf7hgjpgjdbkkir", "p" * 50)
    disconnect()
    told = run("doctor").stdout
    assert "gf7hgjpgjdbkkir" in told
    assert "drop-old" in told
    assert "ppp" not in told
    assert done(run("secret", "drop-old", "--json")) == {"dropped": 1, "users": 1, "own": 0}
    assert "ok   old secrets: none" in run("doctor").stdout


def test_secret_rotate_signs_by_a_new_one_and_drop_old_ends_the_one_before(
    bring: Any, run: Run, settings: Settings
) -> None:
    """The doctor says until when the one before is accepted; no answer shows a secret."""
    done(bring(tbl_auth_users=[{"openid": ALICE}]))
    before = run("token", ALICE).stdout.strip()
    first = settings.secret
    told = done(run("secret", "rotate", "--json"))
    assert told["secret"] == str(settings.home / "secret")
    second = settings.home.joinpath("secret").read_text().strip()
    assert second != first
    doctor = run("doctor").stdout
    assert told["old_tokens_end"] in doctor
    assert "1 before it" in doctor
    settings.home.joinpath("secret.old").chmod(0o644)
    assert "secret.old has mode 0644" in run("doctor").stdout
    settings.home.joinpath("secret.old").chmod(0o600)
    after = run("token", ALICE).stdout.strip()
    connect(settings.database)
    tokens = Tokens(settings.secrets)
    settings.secrets.look_again()
    assert [tokens.caller(each) is not None for each in (before, after)] == [True, True]
    disconnect()  # the command connects by itself, and would leave this connection open
    said = run("secret", "drop-old").stdout
    assert "1 of our own" in said
    assert "secret.old is kept apart from backups, remove it there" in said
    connect(settings.database)
    settings.secrets.look_again()
    assert [tokens.caller(each) is not None for each in (before, after)] == [False, True]
    disconnect()
    assert not [each for each in (first, second) if each in doctor + said + str(told)]


def test_a_given_secret_is_rotated_where_it_is_given(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command says how; the doctor tells of a second one."""
    given = "k3Yw8vQz1nTb6RcXe0LmPfGh5sJd2uAi"
    monkeypatch.setenv("BAI_WX_SECRET", given)
    monkeypatch.setenv("BAI_WX_ACCEPTED_SECRET", given[::-1])
    assert "exchange the two" in refused(run("secret", "rotate"))
    assert "BAI_WX_ACCEPTED_SECRET holds beside it" in run("doctor").stdout
