"""docs/reliability.md names every promise and every fault with the tests that hold it to, or says plainly that there is none."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
PAGE = TESTS.parent / "docs" / "reliability.md"
GROUPS = {"I": 12, "F": 15, "P": 9, "E": 5, "M": 8, "S": 7, "A": 15, "C": 11, "X": 8}
IDS = [f"{group}{number}" for group, last in GROUPS.items() for number in range(1, last + 1)]
FAULTS = 78
SHORTEST_EXCUSE = 40  # characters: "not tested" alone is no reason
FIGURES = ("feeds", "soak", "memory", "killed")


def rows() -> dict[str, str]:
    """The last cell of each row of the tables, by id."""
    found = re.findall(r"^\| ([A-Z]\d+) \|.*\| ([^|]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(found) == len({name for name, _ in found}), "an id stands twice"
    return dict(found)


@lru_cache(maxsize=256)
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def named_in(cell: str) -> list[tuple[str, str]]:
    return re.findall(r"`([\w/]+\.py)::(test_\w+)`", cell)


def test_there_are_seventy_eight_faults_and_twelve_promises() -> None:
    assert len(IDS) == FAULTS + 12
    assert set(rows()) == set(IDS)


@pytest.mark.parametrize("name", IDS)
def test_each_is_tested_or_honestly_not(name: str) -> None:
    cell = rows()[name]
    named = named_in(cell)
    missing = [f"{path}::{test}" for path, test in named if not (TESTS / path).is_file() or test not in names_in(path)]
    assert missing == [], "the page names a test that does not exist"
    assert named or ("Not tested:" in cell and len(cell) > SHORTEST_EXCUSE), cell


def test_a_test_that_bears_a_faults_name_stands_in_its_row() -> None:
    known = rows()
    for path in sorted(TESTS.rglob("test_*.py")):
        place = path.relative_to(TESTS).as_posix()
        for test in names_in(place):
            for part in re.findall(r"_([fpemsacxi]\d{1,2})(?=_)", test.partition("test")[2]):
                if part.upper() in known:
                    assert (place, test) in named_in(known[part.upper()]), f"{part.upper()}: {place}::{test}"


def test_the_page_gives_figures() -> None:
    text = PAGE.read_text(encoding="utf-8")
    figures = text.partition("## Figures")[2]
    assert all(word in figures.lower() for word in FIGURES) and len(re.findall(r"\d", figures)) > 30


def test_every_test_file_of_this_page_says_how_to_run_it() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert "make load" in text and "make soak" in text
