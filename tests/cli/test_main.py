"""The command line: what each command does to a real database, and how each one fails."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from bai_wx.cli.main import main
from bai_wx.database.connection import connect, disconnect
from bai_wx.files.store import FileStore
from bai_wx.process import schema
from bai_wx.process.settings import Settings
from bai_wx.record import clock
from bai_wx.record.collections import COLLECTIONS
from bai_wx.request.tokens import Tokens
from tests.databases import IS_POSTGRES, new_address
from tests.redis_server import PASSWORD, RedisServer

Run = Callable[..., Result]
Rows = list[dict[str, Any]]

ALICE, BOB = "openid-alice", "openid-bob"
PRODUCT = {"id": "product00000001", "prod_list_name": "开关", "prod_list_basic_price": 19.99}
LONG_AGO = "2020-01-01 00:00:00.000Z"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An empty home."""
    return Settings.from_environment(home_at(tmp_path / "home"), tmp_path)


def home_at(folder: Path) -> dict[str, str]:
    """The settings of an empty home with a database of its own."""
    address = new_address(folder) if IS_POSTGRES else f"sqlite:///{folder}/bai-wx.db"
    return {"BAI_WX_HOME": str(folder), "BAI_WX_DATABASE": address}


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs `bai-wx` on the home; stdout and stderr apart."""
    for name in [n for n in os.environ if n.startswith(("BAI_WX_", "WECHAT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str, **environment: str) -> Result:
        own = {"BAI_WX_HOME": str(settings.home), "BAI_WX_DATABASE": settings.database}
        given = own | environment
        return CliRunner().invoke(main, arguments, env=given, prog_name="bai-wx")

    return command


@pytest.fixture
def bring(run: Run, tmp_path: Path) -> Callable[..., Result]:
    """Imports rows by collection from files of its own."""

    def command(**rows: Rows) -> Result:
        folder = tmp_path / f"import-{time.monotonic_ns()}"
        folder.mkdir()
        for name, values in rows.items():
            lines = (orjson.dumps(value) + b"\n" for value in values)
            (folder / f"{name}.jsonl").write_bytes(b"".join(lines))
        return run("import", str(folder), "--json")

    return command


def done(result: Result) -> Any:
    """The JSON answer of a command that worked."""
    assert result.exit_code == 0, result.stderr
    return orjson.loads(result.stdout)


def refused(result: Result) -> str:
    """What a command that failed said, on stderr alone and without a stack trace."""
    assert result.exit_code != 0
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


def table(settings: Settings, collection: str) -> Rows:
    """Every row of a collection."""
    connect(settings.database)
    rows = list(COLLECTIONS[collection].select().order_by(COLLECTIONS[collection].seq).dicts())
    disconnect()
    return rows


# --- help and failures ---


DATABASE_COMMANDS = [
    ("serve", "--demo", "--port", "0"),
    ("migrate",),
    ("import", "rows"),
    ("export", "out"),
    ("token", ALICE),
    ("doctor",),
]

COMMANDS = [
    ("serve",),
    ("migrate",),
    ("import",),
    ("export",),
    ("token",),
    ("user",),
    ("user", "disable"),
    ("user", "enable"),
    ("order",),
    ("order", "move"),
    ("undelete",),
    ("purge",),
    ("scaffold",),
    ("doctor",),
]


@pytest.mark.parametrize("command", [(), *COMMANDS], ids=" ".join)
def test_help_everywhere(run: Run, command: tuple[str, ...]) -> None:
    """Every command explains itself."""
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "Usage: bai-wx" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("nonsense",), "No such command", id="an unknown command"),
        pytest.param(("token", ALICE), "bai-wx migrate", id="no database yet"),
        pytest.param(("export", "out"), "bai-wx migrate", id="nothing to export"),
        pytest.param(("import", "nowhere"), "nowhere", id="import from a missing folder"),
        pytest.param(("purge",), "--older-than", id="purge without an age"),
        pytest.param(("purge", "--older-than", "90"), "90d", id="an age without a unit"),
        pytest.param(("purge", "--older-than", "-1d"), "no duration", id="a negative age"),
        pytest.param(("purge", "--older-than", "1.5d"), "no duration", id="a broken age"),
        pytest.param(("purge", "--older-than", "9999999d"), "no duration", id="ages ago"),
        pytest.param(("undelete", "tbl_nothing", "x"), "tbl_nothing", id="no such collection"),
        pytest.param(("order", "move", "O-1", "lost"), "lost", id="no such state"),
        pytest.param(("serve", "--port", "70000"), "70000", id="no such port"),
        pytest.param(("serve", "--workers", "0"), "0", id="no workers"),
    ],
)
def test_a_failure_is_one_line_on_stderr(run: Run, arguments: tuple[str, ...], said: str) -> None:
    """What went wrong is named; scripts see the exit status."""
    assert said in refused(run(*arguments))


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        pytest.param((), {}, id="without an app id"),
        pytest.param(
            ("--demo",),
            {"WECHAT_APPID": "wx0123456789abcdef", "WECHAT_SECRET": "hush"},
            id="the demo beside a real app id",
        ),
        pytest.param(("--demo",), {"WECHAT_APPID": "wx1"}, id="an app id without its secret"),
    ],
)
def test_serve_refuses_to_start(
    tmp_path: Path, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    """In a process of its own, which ends; the message names what is wrong."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("BAI_WX_", "WECHAT_"))}
    ran = subprocess.run(
        [sys.executable, "-m", "bai_wx.cli.main", "serve", "--port", "0", *arguments],
        env={**ours, "BAI_WX_HOME": str(tmp_path / "home"), **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("Error: ")
    assert "WECHAT_" in ran.stderr
    assert "hush" not in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_a_bad_setting_stops_every_command(run: Run) -> None:
    """The setting is named."""
    assert "BAI_WX_SECRET" in refused(run("migrate", BAI_WX_SECRET="short"))


@pytest.mark.parametrize("arguments", DATABASE_COMMANDS, ids=lambda a: a[0])
@pytest.mark.parametrize("place", ["missing/dir/x.db", "words.db", "folder.db"])
def test_a_database_that_cannot_be_opened_is_named(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], place: str
) -> None:
    """In a folder that is missing, a file that is no database, a folder: one line each."""
    (tmp_path / "words.db").write_bytes(b"not a database, not a database" * 200)
    (tmp_path / "folder.db").mkdir()
    (tmp_path / "rows").mkdir()
    (tmp_path / "rows" / "tbl_company.jsonl").touch()
    file = tmp_path / place
    result = run(*arguments, BAI_WX_DATABASE=f"sqlite:///{file}")
    assert result.exit_code == 1
    lines = [line for line in result.output.splitlines() if "BAI_WX_DATABASE" in line]
    told = ("FAIL database", "FAIL migrations", "FAIL schema")
    assert [line.partition(":")[0] for line in lines] == (
        list(told) if arguments == ("doctor",) else ["Error"]
    )
    assert all(str(file) in line for line in lines)
    assert "Traceback" not in result.output
    assert arguments == ("doctor",) or result.output == f"{lines[0]}\n"
    assert not file.parent.exists() or file.parent == tmp_path


@pytest.mark.parametrize("arguments", DATABASE_COMMANDS, ids=lambda a: a[0])
def test_a_postgresql_that_is_not_there_is_named(
    run: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """One line each, without the password."""
    (tmp_path / "rows").mkdir()
    result = run(*arguments, BAI_WX_DATABASE=f"postgresql://me:hushhush@/shop?host={tmp_path}")
    assert result.exit_code == 1
    lines = [line for line in result.output.splitlines() if "BAI_WX_DATABASE" in line]
    assert len(lines) == (3 if arguments == ("doctor",) else 1)
    assert "hush" not in result.output
    assert "Traceback" not in result.output
    assert arguments == ("doctor",) or result.output == f"{lines[0]}\n"


# --- migrate, doctor ---


def test_migrate_makes_the_database_once(run: Run) -> None:
    """A second run finds nothing to do."""
    assert done(run("migrate", "--json"))["applied"][0].startswith("0001")
    assert done(run("migrate", "--json")) == {"applied": []}


def test_migrate_check_names_what_is_to_be_done(run: Run, settings: Settings) -> None:
    """And does none of it; scripts see the exit status."""
    missing = run("migrate", "--check")
    assert missing.exit_code == 1
    assert (
        "0001_first_tables" in missing.stdout if IS_POSTGRES else "bai-wx migrate" in missing.stderr
    )
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


def test_doctor_passes_a_migrated_home_with_wechat(run: Run) -> None:
    """What `serve` needs is there."""
    run("migrate")
    result = run("doctor", WECHAT_APPID="wx1", WECHAT_SECRET="hush")
    assert result.exit_code == 0, result.stdout
    assert "FAIL" not in result.stdout
    assert "hush" not in result.stdout


@pytest.mark.skipif(IS_POSTGRES, reason="a file that can be damaged is SQLite's")
def test_doctor_sees_an_open_secret_and_a_damaged_database(run: Run, settings: Settings) -> None:
    """Both are told with what to do."""
    run("migrate")
    (settings.home / "secret").write_text("k3Yw8vQz1nTb6RcXe0LmPfGh5sJd2uAi")
    (settings.home / "secret").chmod(0o644)
    (settings.home / "bai-wx.db").write_bytes(b"not a database, not a database" * 200)
    told = run("doctor").stdout
    assert "chmod 600" in told
    assert "FAIL database" in told


@pytest.mark.skipif(IS_POSTGRES, reason="the database of one machine alone is SQLite's")
def test_doctor_tells_what_replicas_must_share(run: Run, settings: Settings) -> None:
    """A database that others can reach makes secret and files everybody's business."""
    run("migrate")
    assert settings.secret
    own = run("doctor").stdout
    reachable = run("doctor", BAI_WX_DATABASE="postgresql://127.0.0.1:9/shop").stdout
    for words in ("need it as BAI_WX_SECRET", "replicas must share this folder"):
        assert (words in own, words in reachable) == (False, True)


def test_doctor_asks_redis(run: Run) -> None:
    """Whether it is there, and never tells the password."""
    assert "ok   limits: 300/10 second, counted by each worker alone" in run("doctor").stdout
    with RedisServer() as redis:
        told = run("doctor", BAI_WX_REDIS=redis.url).stdout
        assert f"ok   limits: 300/10 second, counted in Redis 127.0.0.1:{redis.port}" in told
        wrong = run("doctor", BAI_WX_REDIS=redis.url.replace(PASSWORD, "another-word")).stdout
        assert "FAIL limits" in wrong
        assert "another-word" not in wrong
    told = run("doctor", BAI_WX_REDIS=redis.url).stdout
    assert f"FAIL limits: Redis 127.0.0.1:{redis.port} does not answer" in told
    assert PASSWORD not in told


# --- import, export ---


def test_import_makes_what_is_missing(bring: Any, settings: Settings) -> None:
    """Ids, moments and states of rows that do not name them."""
    counts = done(
        bring(
            tbl_cart=[{"cart_owner": ALICE, "cart_product_id": PRODUCT["id"],
                       "cart_product_quantity": 2, "created": LONG_AGO}],
            tbl_product_list=[PRODUCT],
            tbl_auth_users=[{"openid": ALICE}],
            tbl_company=[{"company_name": "甲"}],
            tbl_document=[{"document_title": "乙"}],
            tbl_attachments=[{}],
            tbl_order=[{"order_owner": ALICE, "order_source": "cart"}],
        )
    )["imported"]  # fmt: skip
    assert set(counts.values()) == {1}
    product, cart = table(settings, "tbl_product_list")[0], table(settings, "tbl_cart")[0]
    assert (product["prod_list_basic_price"], product["prod_list_status"]) == (1999, "on_sale")
    assert product["prod_list_id"].startswith("P-")
    assert (cart["cart_status"], cart["cart_create"], cart["updated"]) == (
        "active",
        LONG_AGO,
        LONG_AGO,
    )
    assert table(settings, "tbl_auth_users")[0]["users_status"] == "active"
    assert len(table(settings, "tbl_auth_users")[0]["token_key"]) == 50
    assert table(settings, "tbl_company")[0]["company_status"] == "active"
    assert table(settings, "tbl_document")[0]["document_status"] == "published"
    assert table(settings, "tbl_attachments")[0]["attachments_status"] == "valid"
    assert table(settings, "tbl_order")[0]["order_status"] == "pending"


def test_import_keeps_what_is_given(bring: Any, settings: Settings) -> None:
    """Ids, moments, prices, states and snapshots stay as they are, deleted rows too."""
    snap = {
        "items": [
            {"prod_list_id": "P-OLD", "prod_list_name": "旧货", "prod_list_modelnumber": "",
             "quantity": 3, "at_price": 0.1, "subtotal": 0.29}
        ],
        "total": 0.29,
    }  # fmt: skip
    order = {
        "id": "order0000000001", "order_id": "O-OLD", "order_number": "20200101-7",
        "created": LONG_AGO, "updated": "2020-02-02T08:00:00+08:00", "order_create": LONG_AGO,
        "order_owner": ALICE, "order_source": "product", "order_source_id": "P-OLD",
        "order_status": "cancelled", "order_snap": snap, "order_amount": 0.29, "is_delete": 1,
    }  # fmt: skip
    done(bring(tbl_order=[order]))
    row = table(settings, "tbl_order")[0]
    assert (row["order_id"], row["order_number"], row["is_delete"]) == ("O-OLD", "20200101-7", 1)
    assert (row["created"], row["updated"]) == (LONG_AGO, "2020-02-02 00:00:00.000Z")
    assert (row["order_amount"], row["order_status"]) == (29, "cancelled")
    assert orjson.loads(row["order_snap"]) == snap
    assert "旧货" in row["order_keywords"]


def test_the_files_order_is_the_lists(bring: Any, settings: Settings) -> None:
    """Whatever the rows' own moments say."""
    names = ["丙", "甲", "乙"]
    done(bring(tbl_product_list=[{"prod_list_name": name} for name in names]))
    assert [row["prod_list_name"] for row in table(settings, "tbl_product_list")] == names


def test_relations_may_point_at_later_deleted_and_earlier_rows(bring: Any, run: Run) -> None:
    """Only a row that exists nowhere is missed."""
    done(bring(tbl_product_list=[{**PRODUCT, "is_delete": 1}]))
    line = {"cart_owner": ALICE, "cart_product_id": PRODUCT["id"], "cart_product_quantity": 1}
    assert done(bring(tbl_cart=[line]))["imported"] == {"tbl_cart": 1}


BAD_ROWS = [
    pytest.param("tbl_company", {"company_name": "甲", "x": 1}, "x is not a field", id="key"),
    pytest.param("tbl_company", {"company_name": "甲" * 201}, "company_name must", id="too long"),
    pytest.param("tbl_company", {}, "company_name is required", id="required"),
    pytest.param("tbl_company", {"company_name": ""}, "company_name is required", id="empty"),
    pytest.param(
        "tbl_company",
        {"company_name": "甲", "company_usci": "91440300MA5GWX013F"},
        "company_usci is not",
        id="wrong check digit",
    ),
    pytest.param("tbl_product_list", {**PRODUCT, "id": "SHORT"}, "id must", id="record id"),
    pytest.param(
        "tbl_product_list",
        {**PRODUCT, "prod_list_basic_price": 1.005},
        "prod_list_basic_price must",
        id="three decimals",
    ),
    pytest.param(
        "tbl_product_list",
        {**PRODUCT, "prod_list_basic_price": -1},
        "prod_list_basic_price must",
        id="negative price",
    ),
    pytest.param(
        "tbl_product_list",
        {**PRODUCT, "prod_list_basic_price": "19.9"},
        "prod_list_basic_price must",
        id="price as text",
    ),
    pytest.param(
        "tbl_product_list",
        {**PRODUCT, "prod_list_status": "sold"},
        "prod_list_status must be one of on_sale, off_sale",
        id="state",
    ),
    pytest.param(
        "tbl_product_list",
        {**PRODUCT, "prod_list_icon": "nobody000000000"},
        "prod_list_icon points at nobody000000000",
        id="relation to nothing",
    ),
    pytest.param(
        "tbl_document",
        {"document_title": "乙", "document_image": "x"},
        "document_image must be a list",
        id="list of relations",
    ),
    pytest.param(
        "tbl_document",
        {"document_title": "乙", "document_effect": "soon"},
        "document_effect must be a date",
        id="date",
    ),
    pytest.param(
        "tbl_document",
        {"document_title": "乙", "document_share_count": 1.5},
        "document_share_count must be a whole number",
        id="fraction",
    ),
    pytest.param(
        "tbl_document", {"document_title": "乙", "is_delete": 2}, "is_delete must", id="is_delete"
    ),
    pytest.param("tbl_document", {"document_title": 5}, "document_title must be a text", id="type"),
    *(
        pytest.param(
            "tbl_attachments",
            {"attachments_link": name},
            "attachments_link must be the plain name of a stored file",
            id=f"file name {meaning}",
        )
        for meaning, name in {
            "of this folder": ".",
            "of the folder above": "..",
            "of another folder": "../bai-wx.db",
            "with a backslash": "a\\b.png",
            "with a NUL": "a.png\0.exe",
            "with a line break": "a\n.png",
            "beyond 255 bytes": "图" * 84 + ".png",
        }.items()
    ),
]


@pytest.mark.parametrize(("collection", "row", "said"), BAD_ROWS)
def test_import_names_file_line_and_field(
    bring: Any, settings: Settings, collection: str, row: dict[str, Any], said: str
) -> None:
    """One bad row among good ones: it is told where, and none of them is written."""
    good = {
        "tbl_company": {"company_name": "好"},
        "tbl_document": {"document_title": "好"},
        "tbl_product_list": {"prod_list_name": "好"},
    }
    first = good.get(collection, {})
    told = refused(bring(**{"tbl_attachments": [{}], collection: [first, row]}))
    assert f"{collection}.jsonl:2: {said}" in told
    assert table(settings, collection) == table(settings, "tbl_attachments") == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        pytest.param(
            {"tbl_company": [{"id": "company00000001", "company_name": n} for n in "甲乙"]},
            "tbl_company.jsonl:2: id must be unique",
            id="a record id twice",
        ),
        pytest.param(
            {"tbl_auth_users": [{"openid": ALICE}, {"openid": BOB}, {"openid": ALICE}]},
            "tbl_auth_users.jsonl:3: openid must be unique",
            id="an openid twice",
        ),
        pytest.param(
            {
                "tbl_product_list": [PRODUCT],
                "tbl_cart": [
                    {
                        "cart_owner": ALICE,
                        "cart_product_id": PRODUCT["id"],
                        "cart_product_quantity": 1,
                    }
                ]
                * 2,
            },
            "tbl_cart.jsonl:2: cart_owner, cart_product_id must be unique",
            id="two active lines of a product",
        ),
    ],
)
def test_import_names_the_row_the_database_refuses(
    bring: Any, rows: dict[str, Rows], said: str
) -> None:
    """Unique things stay unique."""
    assert said in refused(bring(**rows))


def test_a_row_that_is_there_is_not_replaced(bring: Any) -> None:
    """Importing twice is refused, not merged."""
    done(bring(tbl_product_list=[PRODUCT]))
    assert "id must be unique" in refused(bring(tbl_product_list=[PRODUCT]))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param({}, "has no rows", id="no file"),
        pytest.param({"tbl_other.jsonl": ""}, "tbl_other.jsonl: is no collection's", id="name"),
        pytest.param({"tbl_cart.jsonl": "", "tbl_cart.csv": ""}, "keep one", id="both formats"),
        pytest.param(
            {"tbl_company.jsonl": "\n{bad"}, "tbl_company.jsonl:2: is not JSON", id="json"
        ),
        pytest.param({"tbl_company.jsonl": "[1]"}, "1: is not a JSON object", id="no object"),
        pytest.param(
            {"tbl_company.csv": "company_name\n甲,乙"}, "csv:2: has 2 cells", id="too many cells"
        ),
        pytest.param({"tbl_company.csv": 'company_name\n"甲'}, "csv:2: is not CSV", id="csv"),
        pytest.param(
            {"tbl_product_list.csv": "prod_list_name,prod_list_tags\n甲,[x"},
            "csv:2: prod_list_tags must be JSON",
            id="a json cell",
        ),
        pytest.param(
            {"tbl_product_list.csv": "prod_list_name,prod_list_basic_price\n甲,inf"},
            "csv:2: prod_list_basic_price must be a number",
            id="a number cell",
        ),
        pytest.param({"tbl_company.csv": "a,a\n1,2"}, "names a column twice", id="twice a column"),
        pytest.param({"tbl_company.csv": ""}, "csv:1: has no header row", id="an empty table"),
        pytest.param({"tbl_company.csv": "\n甲"}, "csv:1: has no header row", id="no header"),
        pytest.param({"tbl_company.csv": '"a"b\n'}, "csv:1: is not CSV", id="a broken header"),
    ],
)
def test_unreadable_files_are_named(
    run: Run, tmp_path: Path, files: dict[str, str], said: str
) -> None:
    """With the line where there is one."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    assert said in refused(run("import", str(folder)))


def test_an_empty_jsonl_file_has_no_rows(bring: Any) -> None:
    """It needs no header to say so."""
    assert done(bring(tbl_company=[])) == {"imported": {"tbl_company": 0}}


def test_csv_as_spreadsheets_write_it(run: Run, settings: Settings, tmp_path: Path) -> None:
    """A byte order mark, quoted line breaks, JSON in cells, empty cells that say nothing."""
    folder = tmp_path / "in"
    folder.mkdir()
    text = (
        "\ufeffprod_list_name,prod_list_basic_price,prod_list_tags,prod_list_sort,prod_list_remark\r\n"
        '"开关, 三键",199.50,"[""热销""]",7,"一\n二"\r\n'
        "插座,,,,\r\n"
    )
    (folder / "tbl_product_list.csv").write_text(text, "utf-8")
    done(run("import", str(folder), "--json"))
    switch, socket = table(settings, "tbl_product_list")
    assert (switch["prod_list_name"], switch["prod_list_basic_price"]) == ("开关, 三键", 19950)
    assert (switch["prod_list_tags"], switch["prod_list_sort"]) == ('["热销"]', 7)
    assert switch["prod_list_remark"] == "一\n二"
    assert (socket["prod_list_tags"], socket["prod_list_status"]) == ("null", "off_sale")


def world() -> dict[str, Rows]:
    """A row of each kind of field, deleted and hidden ones included."""
    return {
        "tbl_auth_users": [{"openid": ALICE, "users_name": "爱丽丝", "company": "company00000001"}],
        "tbl_company": [
            {"id": "company00000001", "company_name": "甲", "company_owner_openid": ALICE}
        ],
        "tbl_attachments": [{"id": "picture00000001"}, {"id": "picture00000002", "is_delete": 1}],
        "tbl_product_list": [
            {**PRODUCT, "prod_list_icon": "picture00000002", "prod_list_tags": ["b", "a"]}
        ],
        "tbl_document": [
            {"document_title": "文", "document_image": ["picture00000001", "picture00000002"]}
        ],
        "tbl_cart": [
            {
                "cart_owner": ALICE,
                "cart_product_id": PRODUCT["id"],
                "cart_product_quantity": 3,
                "cart_at_price": 0.1,
            }
        ],
        "tbl_order": [
            {
                "order_owner": ALICE,
                "order_source": "product",
                "order_amount": 9999999.99,
                "order_snap": {
                    "total": 9999999.99,
                    "items": [
                        {
                            "subtotal": 9999999.99,
                            "at_price": 9999999.99,
                            "quantity": 1,
                            "prod_list_modelnumber": "",
                            "prod_list_name": "货",
                            "prod_list_id": "P-1",
                        }
                    ],
                },
            }
        ],
    }


def test_export_and_import_make_the_same_rows(bring: Any, run: Run, tmp_path: Path) -> None:
    """What comes out of one home and goes into another comes out the same, byte for byte."""
    done(bring(**world()))
    first, second = tmp_path / "first", tmp_path / "second"
    counts = done(run("export", str(first), "--json"))["exported"]
    assert counts == {name: len(rows) for name, rows in world().items()}
    elsewhere = home_at(tmp_path / "elsewhere")
    done(run("import", str(first), "--json", **elsewhere))
    done(run("export", str(second), "--json", **elsewhere))
    for name in COLLECTIONS:
        assert (first / f"{name}.jsonl").read_bytes() == (second / f"{name}.jsonl").read_bytes()
    assert len(orjson.loads((first / "tbl_auth_users.jsonl").read_bytes())["token_key"]) == 50


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        pytest.param("tbl_order.jsonl", lambda old: b"", "is not what was", id="rows removed"),
        pytest.param(
            "tbl_company.jsonl",
            lambda old: old.replace(b'"is_delete":0', b'"is_delete":1'),
            "is not what was exported",
            id="a value changed",
        ),
        pytest.param("tbl_order.jsonl", None, "is missing", id="a file lost"),
        pytest.param("manifest.json", lambda old: b"{}", "is no manifest", id="no manifest"),
        pytest.param(
            "manifest.json",
            lambda old: old.replace(b'"rows": 1', b'"rows": 2', 1),
            "had 2 rows, and 1 were read",
            id="another number",
        ),
    ],
)
def test_import_refuses_what_is_not_what_was_exported(
    bring: Any, run: Run, tmp_path: Path, name: str, change: Any, said: str
) -> None:
    """Nothing is written then; without its manifest the folder is a folder like any other."""
    done(bring(**world()))
    done(run("export", str(tmp_path / "out"), "--json"))
    file = tmp_path / "out" / name
    if change is None:
        file.unlink()
    else:
        file.write_bytes(change(file.read_bytes()))
    elsewhere = home_at(tmp_path / "elsewhere")
    assert said in refused(run("import", str(tmp_path / "out"), **elsewhere))
    (tmp_path / "out" / "manifest.json").unlink()
    done(run("import", str(tmp_path / "out"), "--json", **elsewhere))


def test_long_work_tells_how_far_it_is(bring: Any) -> None:
    """On stderr, so that stdout stays JSON."""
    result = bring(tbl_company=[{"company_name": "甲"}] * 2500)
    assert done(result) == {"imported": {"tbl_company": 2500}}
    assert "tbl_company: 2,000 rows" in result.stderr


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


def test_order_moves_as_the_operator_may(bring: Any, run: Run) -> None:
    """Forward, or to cancelled; not back, and never an unknown order."""
    done(bring(tbl_order=[{"order_owner": ALICE, "order_source": "cart", "order_id": "O-1"}]))
    assert "may not move" in refused(run("order", "move", "O-1", "completed"))
    moved = done(run("order", "move", "O-1", "confirmed", "--json"))
    assert moved == {"order_id": "O-1", "order_status": "confirmed"}
    assert run("order", "move", "O-1", "completed").exit_code == 0
    assert "may not move" in refused(run("order", "move", "O-1", "pending"))
    assert "no order O-2" in refused(run("order", "move", "O-2", "confirmed"))


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
            tbl_document=[{"document_title": "文", "document_image": pictures}],
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
    assert orjson.loads(table(settings, "tbl_document")[0]["document_image"]) == pictures[1:]


def test_purge_leaves_what_is_younger(bring: Any, run: Run, settings: Settings) -> None:
    """The age is that of the deletion, not of the row."""
    yesterday = clock.text_of(time.time() - 24 * 3600)
    done(bring(tbl_company=[{"company_name": "甲", "is_delete": 1, "created": LONG_AGO,
                             "updated": yesterday}]))  # fmt: skip
    assert done(run("purge", "--older-than", "2d", "--json"))["rows"]["tbl_company"] == 0
    assert done(run("purge", "--older-than", "23h", "--json"))["rows"]["tbl_company"] == 1
    assert table(settings, "tbl_company") == []
