"""`bai-wx migrate` makes the database, `bai-wx doctor` names what is unfit.

Covers: bai_wx/process/doctor.py
"""

from dataclasses import replace

import orjson
import pytest

from bai_wx.database.connection import connect, disconnect
from bai_wx.process import schema
from bai_wx.process.doctor import Check, send_alert
from bai_wx.process.settings import ANOTHER_HOME, Settings
from bai_wx.transfer.demo_goods import COMPANY
from tests.cli.commands import Run, done
from tests.databases import IS_POSTGRES, without_sql
from tests.factories import make_company
from tests.process.robot import robot_server, says
from tests.redis_server import PASSWORD, RedisServer


def test_migrate_makes_the_database_once(run: Run) -> None:
    """A second run finds nothing to do."""
    assert done(run("migrate", "--json"))["applied"][0].startswith("0001")
    assert done(run("migrate", "--json")) == {"applied": []}


def test_migrate_check_names_what_is_to_be_done(run: Run, settings: Settings) -> None:
    """And does none of it; scripts see the exit status."""
    missing = run("migrate", "--check")
    assert missing.exit_code == 1
    assert "0001_first_tables" in missing.stdout if IS_POSTGRES else ANOTHER_HOME in missing.stderr
    run("migrate")
    assert done(run("migrate", "--check", "--json")) == {"pending": [], "differences": []}
    connect(settings.database).execute_sql("DROP INDEX tbl_cart_one_active_line")
    disconnect()
    checked = run("migrate", "--check")
    assert (checked.exit_code, checked.stdout) == (
        1,
        "differs: add index tbl_cart.tbl_cart_one_active_line\n",
    )
    last = schema.revert(connect(settings.database))
    disconnect()
    checked = run("migrate", "--check", "--json")
    assert checked.exit_code == 1
    assert orjson.loads(checked.stdout) == {"pending": last, "differences": []}


def test_doctor_names_what_is_unfit(run: Run) -> None:
    """A fresh machine has no database and no app id; the rest is fine."""
    result = run("doctor", "--json")
    assert result.exit_code == 1
    found = {c["name"]: c["ok"] for c in orjson.loads(result.stdout)["checks"]}
    unfit = {name for name, ok in found.items() if not ok}
    missing = set() if IS_POSTGRES else {"database"}  # an empty one is there
    assert unfit == {"home", "migrations", "schema", "wechat"} | missing


@pytest.mark.parametrize(
    ("company", "said"),
    [
        pytest.param(COMPANY["id"], "ok   wechat: WeChat's stand-in", id="the demo shop"),
        pytest.param("company00000001", "FAIL wechat: WECHAT_APPID is not set", id="another shop"),
    ],
)
def test_doctor_knows_the_demo_shop(run: Run, settings: Settings, company: str, said: str) -> None:
    """Nobody sets an app id for it: `serve --demo` has WeChat's stand-in."""
    done(run("migrate", "--json"))
    connect(settings.database)
    make_company(id=company)
    disconnect()
    assert said in run("doctor").stdout


def test_doctor_passes_a_migrated_home_with_wechat(run: Run) -> None:
    """What `serve` needs is there."""
    run("migrate")
    with robot_server() as robot:
        mine = {"WECHAT_APPID": "wx1", "WECHAT_SECRET": "hush", "BAI_WX_ALERT_URL": robot.url}
        result = run("doctor", "--alert", **mine)
    assert result.exit_code == 0, result.stdout
    assert "ok   alerts: webhook at 127.0.0.1" in result.stdout
    assert "ok   alert: the robot took the message" in result.stdout
    assert "TOPSECRET" not in result.output
    assert "FAIL" not in result.stdout
    assert "hush" not in result.stdout


@pytest.mark.skipif(IS_POSTGRES, reason="a file that can be damaged is SQLite's")
@without_sql
def test_doctor_sends_an_alert(settings: Settings) -> None:
    """Where it is asked to; what the robot says is told, and its key is not."""
    assert send_alert(settings) == Check("alert", False, "BAI_WX_ALERT_URL is not set")
    with robot_server() as robot:
        told = replace(settings, alert_url=robot.url)
        assert send_alert(told) == Check("alert", True, "the robot took the message")
        assert "测试消息" in robot.messages()[0]["text"]
        robot.answer = says("", 500)
        assert send_alert(told) == Check("alert", False, "it answered HTTP 500")


@pytest.mark.parametrize(
    ("bounds", "told"),
    [
        pytest.param("off", "ok   quotas: off", id="off"),
        pytest.param("", "ok   quotas: no user owns more than its bound", id="nobody"),
        pytest.param("companies:1", "and get no more of it: 1 above companies:1", id="one"),
    ],
)
def test_doctor_counts_who_is_above_a_quota(
    run: Run, settings: Settings, bounds: str, told: str
) -> None:
    """Nothing is unfit with that."""
    run("migrate")
    connect(settings.database)
    for _ in range(2):
        make_company(company_owner_openid="o-1")
    disconnect()
    [line] = [
        line
        for line in run("doctor", BAI_WX_QUOTAS=bounds).stdout.splitlines()
        if " quotas: " in line
    ]
    assert told in line
    assert line.startswith("ok ")


def test_doctor_sees_an_open_secret(run: Run, settings: Settings) -> None:
    """It is told with what to do."""
    run("migrate")
    (settings.home / "secret").write_text("k3Yw8vQz1nTb6RcXe0LmPfGh5sJd2uAi")
    (settings.home / "secret").chmod(0o644)
    assert "chmod 600" in run("doctor").stdout


def test_doctor_sees_a_database_that_cannot_be_used(run: Run, settings: Settings) -> None:
    """A damaged file, or a server that does not answer, in one line of the list."""
    run("migrate")
    if IS_POSTGRES:
        told = run("doctor", BAI_WX_DATABASE="postgresql://127.0.0.1:9/shop")
    else:
        (settings.home / "bai-wx.db").write_bytes(b"not a database, not a database" * 200)
        told = run("doctor")
    assert (told.exit_code, told.stdout.count("FAIL database")) == (1, 1)
    assert "Traceback" not in told.stdout + told.stderr


@pytest.mark.skipif(IS_POSTGRES, reason="the database of one machine alone is SQLite's")
def test_doctor_tells_what_replicas_must_share(run: Run, settings: Settings) -> None:
    """A database that others can reach makes secret and files everybody's business."""
    run("migrate")
    assert settings.secret
    own = run("doctor").stdout
    reachable = run("doctor", BAI_WX_DATABASE="postgresql://127.0.0.1:9/shop").stdout
    shared = (
        "need it as BAI_WX_SECRET",
        "need it as BAI_WX_DATA_KEY",
        "replicas must share this folder",
    )
    for words in shared:
        assert (words in own, words in reachable) == (False, True)


def test_doctor_asks_redis(run: Run) -> None:
    """Whether it is there, and never tells the password."""
    rules = "ok   limits: 300/10 second an address, 300/10 second a user"
    assert f"{rules}, counted by each worker alone" in run("doctor").stdout
    with RedisServer() as redis:
        told = run("doctor", BAI_WX_REDIS=redis.url).stdout
        assert f"{rules}, counted in Redis 127.0.0.1:{redis.port}" in told
        wrong = run("doctor", BAI_WX_REDIS=redis.url.replace(PASSWORD, "another-word")).stdout
        assert "FAIL limits" in wrong
        assert "another-word" not in wrong
    told = run("doctor", BAI_WX_REDIS=redis.url).stdout
    assert f"FAIL limits: Redis 127.0.0.1:{redis.port} does not answer" in told
    assert PASSWORD not in told
