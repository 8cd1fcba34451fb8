"""What lies in deploy/patroni is what Patroni, etcd, systemd and the compose specification accept.

tests/failover runs `patroni.yml` as it is. Not tried: the image is not built, and no systemd starts the unit.
"""

import os
import re
import sys
import tomllib
from pathlib import Path

import pytest

from tests.deploy.test_deploy import DEPLOY, check, run
from tests.deploy.test_image import linted
from tests.failover.cluster import programs
from tests.failover.patroni_cluster import CONFIGURATION, etcd_program
from tests.tree import ROOT

PATRONI = DEPLOY / "patroni"
COMPOSE = PATRONI / "compose.yaml"
NOBODYS = "192.0.2."  # of RFC 5737: no machine has it
LEFT_OVER = (
    "import os, sys; from patroni.config import Config; Config(sys.argv[1]);"
    " print(*(name for name in os.environ if name.startswith('PATRONI_')))"
)
"""Patroni takes what it knows out of its environment."""


def variables(file: str) -> dict[str, str]:
    """What an example of an environment file sets; an empty password gets a text."""
    lines = (PATRONI / file).read_text("utf-8").splitlines()
    pairs = [line.split("=", 1) for line in lines if line and not line.startswith("#")]
    return {name: value or "secret" for name, value in pairs}


def of_a_node(folder: Path, **changed: str) -> dict[str, str]:
    """The environment of a node whose folder and programs are here."""
    here = {"DATA_DIR": str(folder / "data"), "BIN_DIR": str(programs())}
    settings = {f"PATRONI_POSTGRESQL_{name}": value for name, value in here.items()}
    return {"PATH": os.environ["PATH"], **variables("node.env.example"), **settings, **changed}


def validated(text: str, folder: Path) -> str:
    """What Patroni says of a configuration."""
    file = folder / "patroni.yml"
    file.write_text(text, "utf-8")
    options = ("--validate-config", "--ignore-listen-port", str(file))
    # etcd is asked too: none is there, which is all that may be wrong.
    hosts = {"PATRONI_ETCD3_HOSTS": "127.0.0.1:1"}
    done = run(sys.executable, "-m", "patroni", *options, **of_a_node(folder, **hosts))
    return done.stdout + done.stderr


def test_patroni_accepts_its_file(tmp_path: Path) -> None:
    found = validated(CONFIGURATION.read_text("utf-8"), tmp_path)
    assert [line for line in found.splitlines() if "127.0.0.1:1" not in line] == []


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        pytest.param("ttl: 20", "ttl: 19", "ttl", id="lease too short"),
        pytest.param("loop_wait: 2", "loop_wait: 0", "loop_wait", id="no pause"),
        pytest.param("mode: automatic", "mode: perhaps", "watchdog", id="unknown mode"),
    ],
)
def test_a_wrong_configuration_is_noticed(
    right: str, wrong: str, said: str, tmp_path: Path
) -> None:
    text = CONFIGURATION.read_text("utf-8")
    assert right in text
    assert said in validated(text.replace(right, wrong), tmp_path)


def test_patroni_knows_each_variable_of_the_example(tmp_path: Path) -> None:
    """It passes over those it does not know."""
    environment = of_a_node(tmp_path, PATRONI_POSTGRESQL_LISTENING="unknown")
    done = run(sys.executable, "-c", LEFT_OVER, str(CONFIGURATION), **environment)
    assert done.stdout.split() == ["PATRONI_POSTGRESQL_LISTENING"], done.stderr


def test_compose_sets_what_the_example_sets() -> None:
    """What the image does not set already, with the same names."""
    text = COMPOSE.read_text("utf-8") + (PATRONI / "Dockerfile").read_text("utf-8")
    assert set(re.findall(r"\bPATRONI_\w+", text)) == set(variables("node.env.example"))
    assert set(re.findall(r"\bETCD_\w+", text)) == set(variables("etcd.env.example"))


def test_etcd_knows_each_variable_of_the_example(tmp_path: Path) -> None:
    """It warns of others, and ends at the first address that is not this machine's."""
    settings = {k: v.replace("10.0.0.", NOBODYS) for k, v in variables("etcd.env.example").items()}
    settings |= {"ETCD_DATA_DIR": str(tmp_path), "ETCD_UNHEARD_OF": "1"}
    done = run(etcd_program(), **settings)
    said = done.stdout + done.stderr
    assert "cannot assign requested address" in said
    unknown = {name for line in said.splitlines() if "unrecognized" in line
               for name in re.findall(r"ETCD_\w+", line)}  # fmt: skip
    assert unknown == {"ETCD_UNHEARD_OF"}


def test_compose_file_is_one_by_the_specification() -> None:
    text = COMPOSE.read_text("utf-8")
    check(text)
    with pytest.raises(ValueError, match=r"\w"):
        check(text.replace("networks: [inside]", "networks: [outside]"))


def test_the_image_has_the_patroni_of_the_drills() -> None:
    text = (PATRONI / "Dockerfile").read_text("utf-8")
    assert linted(text) == ""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (asked,) = [n for n in project["optional-dependencies"]["failover"] if "patroni" in n]
    assert f"'{asked}'" in text
