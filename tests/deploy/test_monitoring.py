"""What Prometheus and Grafana are given: accepted by their own programs, and about metrics that there are."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.databases import without_sql
from tests.process.test_exporter import Scraped
from tests.tree import ROOT

DEPLOY = ROOT / "deploy"
RULES = DEPLOY / "alerts.yml"
CASES = ROOT / "tests/deploy/alerts.test.yml"
METRIC = re.compile(r"\bbai_wx_[a-z_]+")
OF_HISTOGRAMS = ("_bucket", "_sum", "_count")
VARIABLES = {"$__rate_interval": "5m", "$instance": ".*", "$datasource": "x"}
TIMEOUT_S = 60

pytestmark = without_sql
promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="Debian's package prometheus has it"
)


def rules() -> list[dict[str, Any]]:
    """The alerts."""
    (group,) = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def dashboard() -> dict[str, Any]:
    """The dashboard as Grafana reads it."""
    found: dict[str, Any] = json.loads((DEPLOY / "grafana.json").read_text("utf-8"))
    return found


def panels() -> list[tuple[str, str]]:
    """Each panel's title, and each of its expressions with Grafana's variables filled in."""
    found = []
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", ()):
            text = target["expr"]
            for name, value in VARIABLES.items():
                text = text.replace(name, value)
            found.append((panel["title"], text))
    return found


@promtool
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["check", "rules", str(RULES)], id="rules"),
        pytest.param(["check", "config", str(DEPLOY / "prometheus.yml")], id="configuration"),
        pytest.param(["test", "rules", str(CASES)], id="what the rules say of series"),
    ],
)
def test_promtool_accepts(command: list[str]) -> None:
    done = subprocess.run(
        ["promtool", *command], capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_rule_is_tried_both_ways() -> None:
    """Once where all is well, and once where it must speak."""
    quiet, loud = (
        {case["alertname"]: bool(case.get("exp_alerts")) for case in world["alert_rule_test"]}
        for world in yaml.safe_load(CASES.read_text("utf-8"))["tests"]
    )
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names) > 10
    assert quiet == dict.fromkeys(names, False)
    assert loud == dict.fromkeys(names, True)


def test_each_expression_of_the_dashboard_is_promql() -> None:
    """Read by Prometheus' grammar; a broken one is not."""
    import promql_parser  # of the extra `test`, which bare pytest may lack

    with pytest.raises(ValueError, match=r"\w"):
        promql_parser.parse("sum by (le (rate(bai_wx_x[5m]))")
    found = panels()
    assert len(found) > 20
    for _, text in found:
        promql_parser.parse(text)


def test_the_dashboards_panels_have_a_place_of_their_own() -> None:
    places = [tuple(p["gridPos"][k] for k in "xywh") for p in dashboard()["panels"]]
    cells = [(x + i, y + j) for x, y, w, h in places for i in range(w) for j in range(h)]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in dashboard()["panels"]}) == len(places)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The metrics of a running server that makes backups, and the kind of each."""
    home: Path = tmp_path_factory.mktemp("monitored") / "home"
    with Scraped(home, BAI_WX_METRICS="127.0.0.1:0", BAI_WX_BACKUP_TO=str(home / "b")) as server:
        page = requests.get(server.metrics, timeout=TIMEOUT_S).text
        yield dict(re.findall(r"^# TYPE (\S+) (\S+)$", page, re.MULTILINE))


def missing(expressions: list[str], told: dict[str, str]) -> set[str]:
    """The metrics that expressions name and no server tells."""
    of_histograms = {
        name + suffix
        for name, kind in told.items()
        if kind == "histogram"
        for suffix in OF_HISTOGRAMS
    }
    plain = {name for name, kind in told.items() if kind != "histogram"}
    named = {name for text in expressions for name in METRIC.findall(text)}
    return named - of_histograms - plain


def test_panels_and_rules_are_about_metrics_that_a_server_tells(told: dict[str, str]) -> None:
    assert missing(["bai_wx_nothing + bai_wx_workers"], told) == {"bai_wx_nothing"}
    assert missing([text for _, text in panels()], told) == set()
    assert missing([rule["expr"] for rule in rules()], told) == set()


def test_every_metric_is_shown(told: dict[str, str]) -> None:
    """On a panel."""
    shown = {name for _, text in panels() for name in METRIC.findall(text)}
    assert {name for name in told if not any(each.startswith(name) for each in shown)} == set()


def test_each_alert_says_what_to_do() -> None:
    """A row of "What to watch" names it."""
    page = (ROOT / "docs/operations.md").read_text("utf-8")
    section = page.partition("## What to watch")[2].partition("\n## ")[0]
    assert [rule["alert"] for rule in rules() if f"`{rule['alert']}`" not in section] == []
    assert set(re.findall(r"`(BaiWx\w+)`", section)) == {rule["alert"] for rule in rules()}
