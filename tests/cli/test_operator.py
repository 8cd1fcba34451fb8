"""`bai-wx operator`: the first admin is made on the command line, and others are looked after there."""

import subprocess
import sys

import pytest

from bai_wx.cli.main import COMMANDS
from bai_wx.console.accounts import sessions
from bai_wx.console.accounts.login import log_in
from bai_wx.console.accounts.operators import Operator
from bai_wx.database.connection import connect, disconnect
from bai_wx.process.settings import Settings
from tests.cli.commands import Run, done, refused

PASSWORD, OTHER = "correct horse 7", "battery staple 8"
HEAVY = ("argon2", "pyotp", "segno", "babel", "starlette_admin")
OF_OTHERS = (
    "bai_wx.console",
    "bai_wx.transfer.exporter",
    "bai_wx.contract.scaffold",
    "bai_wx.contract.diff",
)


@pytest.fixture
def home(run: Run) -> Run:
    """A migrated home, with an admin of the usual password."""
    assert run("migrate").exit_code == 0
    done(run("operator", "create", "admin", "--role", "admin", "--json", stdin=PASSWORD + "\n"))
    return run


def entered(settings: Settings, name: str, password: str) -> bool:
    """Whether a login with this password gives a session."""
    connect(settings.database)
    try:
        return bool(log_in(name, password, "", "203.0.113.7", "test"))
    except Exception:
        return False
    finally:
        disconnect()


def test_an_operator_is_made_by_a_password_from_stdin(home: Run, settings: Settings) -> None:
    made = done(
        home("operator", "create", "王芳", "--role", "editor", "--json", stdin=OTHER + "\r\n")
    )
    assert made == {"name": "王芳", "role": "editor", "status": "active"}
    assert entered(settings, "王芳", OTHER)


def test_a_made_password_is_printed_once(home: Run, settings: Settings) -> None:
    made = done(home("operator", "create", "a", "--role", "viewer", "--make-password", "--json"))
    assert entered(settings, "a", made["password"])
    told = home("operator", "password", "a", "--make-password").stdout
    assert entered(settings, "a", told.split("password: ")[1].strip())
    assert not entered(settings, "a", made["password"])


def test_a_password_ends_the_sessions(home: Run, settings: Settings) -> None:
    connect(settings.database)
    cookie = sessions.begin(Operator.named("admin"), "", "")
    disconnect()
    done(home("operator", "password", "admin", "--json", stdin=OTHER))
    connect(settings.database)
    assert sessions.acting(cookie, "") is None
    disconnect()
    assert entered(settings, "admin", OTHER)


def test_an_operator_is_disabled_enabled_and_given_a_role(home: Run, settings: Settings) -> None:
    home("operator", "create", "王芳", "--role", "editor", stdin=OTHER)
    assert done(home("operator", "disable", "王芳", "--json"))["status"] == "disabled"
    assert not entered(settings, "王芳", OTHER)
    assert done(home("operator", "enable", "王芳", "--json"))["status"] == "active"
    assert entered(settings, "王芳", OTHER)
    assert done(home("operator", "role", "王芳", "viewer", "--json"))["role"] == "viewer"
    assert home("operator", "role", "王芳", "admin").stdout == "operator 王芳 is admin\n"


def test_a_lost_phone(home: Run, settings: Settings) -> None:
    """Without the code of the second factor nobody logs in, until it is switched off here."""
    connect(settings.database)
    Operator.update(totp_secret="JBSWY3DPEHPK3PXP").execute()
    disconnect()
    assert not entered(settings, "admin", PASSWORD)
    done(home("operator", "totp", "--off", "admin", "--json"))
    assert entered(settings, "admin", PASSWORD)


def test_operators_are_listed_without_their_secrets(home: Run) -> None:
    told = home("operator", "list", "--json")
    (one,) = done(told)["operators"]
    assert one == {
        "name": "admin",
        "role": "admin",
        "status": "active",
        "code": False,
        "last_login": "",
    }
    assert "argon2" not in told.stdout


@pytest.mark.parametrize(
    ("arguments", "stdin", "why"),
    [
        pytest.param(("create", "ADMIN", "--role", "admin"), OTHER, "already", id="name taken"),
        pytest.param(("create", "<b>", "--role", "admin"), OTHER, "a name has", id="no name"),
        pytest.param(("create", "b", "--role", "owner"), OTHER, "owner", id="unknown role"),
        pytest.param(("create", "b"), OTHER, "--role", id="no role"),
        pytest.param(
            ("create", "b", "--role", "admin"), "", "stdin has no password", id="no password"
        ),
        pytest.param(("create", "b", "--role", "admin"), "short", "at least", id="short password"),
        pytest.param(
            ("create", "b", "secret", "--role", "admin"), "", "unexpected", id="no password in argv"
        ),
        pytest.param(("disable", "admin"), "", "last active admin", id="disable the last admin"),
        pytest.param(
            ("role", "admin", "viewer"), "", "last active admin", id="demote the last admin"
        ),
        pytest.param(("password", "nobody"), OTHER, "no operator", id="password of nobody"),
        pytest.param(("disable", "nobody"), "", "no operator", id="disable nobody"),
        pytest.param(("enable", "nobody"), "", "no operator", id="enable nobody"),
        pytest.param(("role", "nobody", "admin"), "", "no operator", id="role of nobody"),
        pytest.param(("totp", "admin"), "", "--off", id="switch on"),
        pytest.param(("totp", "--off", "nobody"), "", "no operator", id="code of nobody"),
    ],
)
def test_what_is_refused(home: Run, arguments: tuple[str, ...], stdin: str, why: str) -> None:
    assert why in refused(home("operator", *arguments, stdin=stdin)).replace("\n", " ")


def test_a_missing_database_is_told(run: Run) -> None:
    assert refused(run("operator", "list"))


@pytest.mark.parametrize(
    ("modules", "absent"),
    [
        pytest.param(
            sorted({each.partition(":")[0] for each in COMMANDS.values()}), HEAVY, id="all"
        ),
        pytest.param(["bai_wx.cli.main", "bai_wx.cli.running"], OF_OTHERS, id="serve"),
    ],
)
def test_a_command_loads_nothing_of_the_others(modules: list[str], absent: tuple[str, ...]) -> None:
    """Of the server that `serve` starts a test of the console says so."""
    code = f"import sys, {', '.join(modules)}; print([n for n in {absent!r} if n in sys.modules])"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.strip() == "[]"
