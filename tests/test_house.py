"""Rules about the shape of the house rather than about values."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from smsline.app import PUBLIC, create_app
from smsline.cli import main
from smsline.settings import SETTINGS, read_settings

from .conftest import ROOT

FLOORS = (
    ("smsline.engine", "smsline.errors", "smsline.counters", "smsline.address"),
    ("smsline.content", "smsline.stores", "smsline.settings", "smsline.anonymity", "smsline.logs"),
    ("smsline.service", "smsline.kept", "smsline.words"),
    ("smsline.reports",),
    ("smsline.channels", "smsline.metrics", "smsline.readiness", "smsline.staff"),
    ("smsline.upkeep", "smsline.doctor", "smsline.demo"),
    ("smsline.app",),
    ("smsline.serving",),
    ("smsline.cli",),
    ("smsline.__main__",),
)
"""From the ground up: a module may import its own family, and what lies below it."""

ENGINE_MAY = {"__future__", "babel", "collections", "dataclasses", "datetime", "functools", "heapq", "itertools",
              "math", "msgspec", "opening_hours", "operator", "rapidfuzz", "re", "smsline", "typing", "unicodedata",
              "zoneinfo"}  # fmt: skip
"""What computes only."""

MODULES = sorted((ROOT / "smsline").rglob("*.py"))


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports from the top"
            found.add(node.module or "")
    return found


def family(name: str) -> str:
    return ".".join(name.split(".")[:2])


def floor_of(name: str) -> int:
    return next(number for number, floor in enumerate(FLOORS) if family(name) in floor)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_down_and_never_to_a_neighbour(path):
    name = name_of(path)
    if name == "smsline":
        return
    for other in imports(path):
        if other.startswith("smsline.") and family(other) != family(name):
            assert floor_of(other) < floor_of(name), f"{name} imports {other}"


@pytest.mark.parametrize("path", sorted((ROOT / "smsline" / "engine").glob("*.py")), ids=name_of)
def test_the_engine_only_computes(path):
    assert {name.split(".")[0] for name in imports(path)} <= ENGINE_MAY
    source = path.read_text(encoding="utf-8")
    for call in (r"\.now\(", r"\.today\(", r"\bopen\(", r"\bprint\("):
        assert not re.search(call, source), f"{call} in {path}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is_for_and_is_no_longer_than_a_reader(path):
    source = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(source)), "no docstring"
    assert source.count("\n") <= 400


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_function_ends_within_forty_lines(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 40, f"{node.name} has {node.end_lineno - node.lineno + 1} lines"


def test_the_engine_imports_in_no_circle():
    """A module can be read after those it imports, so there is an order to read them in."""
    waiting = {name_of(path): {name for name in imports(path) if name.startswith("smsline.engine.")}
               for path in (ROOT / "smsline" / "engine").glob("*.py")}  # fmt: skip
    read: set[str] = set()
    while waiting:
        ready = {name for name, needs in waiting.items() if needs <= read}
        assert ready, f"a circle among {sorted(waiting)}"
        read |= ready
        waiting = {name: needs for name, needs in waiting.items() if name not in ready}


def test_each_route_is_guarded_or_public():
    app = create_app(read_settings({"SMSLINE_STORE": "memory:", "SMSLINE_MENUS": str(ROOT / "menus"),
                                    "SMSLINE_LOCALES": str(ROOT / "locales")}))  # fmt: skip
    rules = list(app.url_map.iter_rules())
    assert len(rules) >= 3
    for rule in rules:
        view = app.view_functions[rule.endpoint]
        assert rule.rule in PUBLIC or getattr(view, "guarded", False), rule.rule


def test_each_command_and_setting_is_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in main.commands:
        assert f"smsline {command}" in readme, command
    for row in SETTINGS:
        assert f"`{row.name}`" in readme, row.name


def test_no_sentence_that_callers_read_is_in_python():
    """The engine and the channels hold names and keys; a sentence there would escape translators."""
    for path in (ROOT / "smsline" / "engine").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
                said = re.findall(r"[A-Za-z]{3,}", node.value)
                assert " " not in node.value or len(said) < 4, f"{path.name}:{node.lineno}: {node.value}"
