"""What lies in deploy/ is what its programs accept, and names only what there is.

Not tried: images are not pulled or built (test_image.py runs the Dockerfile's steps), and no certificate is
fetched; docs/operations.md says so.
"""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.docs.pages import part, rows, unquoted
from tests.failover.proxy import CADDYFILE, caddy
from tests.tree import ROOT

DEPLOY = ROOT / "deploy"
OF_THE_PROXY = {"BAI_WX_SITE", "BAI_WX_REPLICAS"}  # which deploy/Caddyfile reads
TIMEOUT_S = 60


class Unit(NamedTuple):
    """A unit of systemd, and what of it exists on no machine of a test."""

    file: str
    program: str
    user: str
    most_exposed: float
    """Of 10, by `systemd-analyze security`."""


UNITS = (
    Unit("bai-wx@.service", "/opt/bai-wx/bin/bai-wx", "bai-wx", 2.0),
    # It starts PostgreSQL as its own child, which writes and forks as it likes.
    Unit("patroni/patroni.service", "/opt/patroni/bin/patroni", "postgres", 5.0),
)


def compose() -> dict[str, Any]:
    """The compose file as YAML reads it."""
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return loaded


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a checker."""
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )


@pytest.mark.parametrize("site", ["shop.example.com", "http://127.0.0.1:8080"])
def test_caddy_accepts_its_file(site: str, tmp_path: Path) -> None:
    """With a public name, for which it will fetch a certificate, and as the drill uses it."""
    settings = {"BAI_WX_SITE": site, "BAI_WX_REPLICAS": "10.0.0.11:8090 10.0.0.12:8090"}
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    command = (caddy(), "validate", "--config", str(CADDYFILE), "--adapter", "caddyfile")
    done = run(*command, **settings, **home)
    assert done.returncode == 0, done.stderr


class Plain(yaml.SafeDumper):
    """Writes what anchors stand for in full, as the specification's own types want it."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def check(text: str) -> None:
    """Read a compose file by the specification. Raises: `ValueError` that says what is wrong."""
    from compose_spec import PyCompose  # of the extra `failover`, which bare pytest may lack

    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)  # variables that have a default
    text = re.sub(r"\$\{(\w+):\?[^}]*\}", r"\1", text)  # and those that must be set
    PyCompose.from_yaml(yaml.dump(yaml.safe_load(text), Dumper=Plain)).validate()


def test_compose_file_is_one_by_the_specification() -> None:
    check((DEPLOY / "compose.yaml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param("image: bai-wx", "imagee: bai-wx", id="unknown key"),
        pytest.param("networks: [inside]", "networks: [outside]", id="unknown network"),
        pytest.param("- home:/var", "- away:/var", id="unknown volume"),
        pytest.param("condition: service_healthy", "condition: well", id="unknown condition"),
        pytest.param("interval: 5s", "interval: soon", id="no duration"),
        pytest.param('"80:80"', '"eighty:80:80:80"', id="no port"),
    ],
)
def test_a_wrong_compose_file_is_noticed(right: str, wrong: str) -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    assert right in text
    with pytest.raises(ValueError, match=r"\w"):
        check(text.replace(right, wrong))


def test_compose_file_names_files_that_exist() -> None:
    services = compose()["services"]
    built = {service["build"]["dockerfile"] for service in services.values() if "build" in service}
    assert built == {"deploy/Dockerfile"}
    mounted = [v.split(":")[0] for s in services.values() for v in s.get("volumes", ())]
    assert [path for path in mounted if path.startswith("./")] == ["./Caddyfile"]
    assert (DEPLOY / "Caddyfile").exists()
    assert (DEPLOY / "Dockerfile").exists()


def test_compose_has_two_replicas_behind_the_proxy() -> None:
    services = compose()["services"]
    replicas = services["proxy"]["environment"]["BAI_WX_REPLICAS"].split()
    assert replicas == ["replica-1:8090", "replica-2:8090"]
    assert all(name.partition(":")[0] in services for name in replicas)
    open_ports = {name for name, service in services.items() if "ports" in service}
    assert open_ports == {"proxy"}, "nothing else is reached from outside"


@pytest.mark.parametrize(
    "path", sorted(filter(Path.is_file, DEPLOY.rglob("*"))), ids=lambda path: path.name
)
def test_settings_that_are_named_exist(path: Path) -> None:
    known = {unquoted(row[0]) for row in rows(part("README.md", "settings"))}
    named = set(re.findall(r"\b(?:BAI_WX|WECHAT)_[A-Z_]+\b", path.read_text("utf-8")))
    assert named <= known | OF_THE_PROXY


@pytest.fixture(params=UNITS, ids=lambda unit: unit.file)
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, float]:
    """A unit with programs, files and a user that exist here, and how exposed it may be."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    wanted: Unit = request.param
    text = (DEPLOY / wanted.file).read_text("utf-8")
    text = text.replace(wanted.program, "/bin/true").replace(f"={wanted.user}\n", "=root\n")
    path = tmp_path / wanted.file.rpartition("/")[2].replace("@", "@8091")
    path.write_text(text, "utf-8")
    return str(path), wanted.most_exposed


def test_systemd_accepts_the_unit(unit: tuple[str, float]) -> None:
    done = run("systemd-analyze", "verify", "--man=no", unit[0])
    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_is_hardened(unit: tuple[str, float]) -> None:
    path, most_exposed = unit
    threshold = f"--threshold={most_exposed * 10:.0f}"
    done = run("systemd-analyze", "security", "--offline=true", threshold, path)
    assert done.returncode == 0, done.stdout
