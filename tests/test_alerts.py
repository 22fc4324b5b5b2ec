"""The alerts and the dashboard in `docs/`: they read, and each figure that they ask for is one that the line shows."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest
import yaml

from smsline.counters import INCIDENTS
from smsline.kept import Kept
from smsline.metrics import OUTCOMES, Figures
from smsline.service import Service
from smsline.stores.memory import MemoryStore

from .conftest import ROOT

ALERTS = ROOT / "docs" / "alerts.yml"
DASHBOARD = ROOT / "docs" / "dashboard.json"

RULES = [rule for group in yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]]
PANELS = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
QUERIES = [rule["expr"] for rule in RULES] + [one["expr"] for panel in PANELS for one in panel["targets"]]

_name = re.compile(r"smsline_[a-z_]+")


@pytest.fixture(scope="module")
def page(line, tmp_path_factory) -> str:
    """What the line shows when nothing has happened."""
    kept = Kept(tmp_path_factory.mktemp("kept") / "line.sqlite.accepted", ROOT / "menus", ROOT / "locales")
    kept.tell("f" * 64)
    return Figures(Service(line, MemoryStore(), b"s" * 40), kept, 1).page().decode()


@pytest.mark.parametrize("query", QUERIES)
def test_each_figure_that_is_asked_for_is_shown(query, page):
    names = _name.findall(query)
    assert names
    described = {row.split()[2] for row in page.splitlines() if row.startswith("# TYPE")}
    assert {*names} <= described | {*_name.findall(re.sub("#.*", "", page))}


def test_the_dashboard_has_a_panel_for_each_figure(page):
    asked = {
        name.removesuffix("_bucket")
        for panel in PANELS
        for one in panel["targets"]
        for name in _name.findall(one["expr"])
    }
    shown = {row.split()[2] for row in page.splitlines() if row.startswith("# TYPE")}
    assert shown <= asked


@pytest.mark.parametrize("query", QUERIES)
def test_what_is_asked_for_by_its_kind_is_a_kind(query):
    for label, known in (("kind", INCIDENTS), ("outcome", OUTCOMES.values()), ("event", [*OUTCOMES, "shrunk"])):
        for said in re.findall(label + r'=~?"([^"]+)"', query):
            assert {*said.split("|")} <= {*known}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_each_alert_says_what_to_do_in_a_sentence_and_stands_in_the_manual(rule):
    notes = rule["annotations"]
    for text in (notes["summary"], notes["description"]):
        assert text.endswith(".")
        assert text.count(". ") == 0
    assert rule["labels"]["severity"] in ("critical", "warning", "info")
    assert f"| `{rule['alert']}` |" in (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_a_dashboard_asks_the_source_that_its_reader_chooses():
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    assert [(one["name"], one["type"]) for one in dashboard["templating"]["list"]] == [("datasource", "datasource")]
    assert {panel["datasource"]["uid"] for panel in PANELS} == {"${datasource}"}
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed: apt-get install prometheus")
def test_prometheus_itself_takes_the_rules_and_the_page(page):
    rules = subprocess.run(["promtool", "check", "rules", str(ALERTS)], capture_output=True, text=True, check=False)
    assert rules.returncode == 0, rules.stdout + rules.stderr
    metrics = subprocess.run(["promtool", "check", "metrics"], input=page, capture_output=True, text=True, check=False)
    assert "error" not in metrics.stderr, metrics.stderr
    assert metrics.returncode in (0, 3), metrics.stderr  # 3 is advice about names


def test_each_word_of_the_log_that_says_what_went_wrong_is_counted():
    """Those of the process that saves a change are not: it ends before anybody could ask."""
    said = {word for path in (ROOT / "smsline").rglob("*.py")
            for word in re.findall(r'"([a-z]+-(?:failed|refused|corrupt|set-aside|unreadable))[ "]',
                                   path.read_text(encoding="utf-8"))}  # fmt: skip
    assert said - {"saving-failed"} <= {*INCIDENTS}
    assert {"store-failed", "sweep-failed", "content-refused", "store-corrupt"} <= said
