"""Is the page about the DAGs what the DAGs say?"""

from __future__ import annotations

import importlib.util
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def test_the_page_about_the_dags_is_current(bag) -> None:
    spec = importlib.util.spec_from_file_location("make_reference", REPOSITORY / "docs/make_reference.py")
    assert spec and spec.loader
    make_reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_reference)

    assert (REPOSITORY / "docs/reference/dags.md").read_text() == make_reference.dags_page(bag), (
        "write it anew: make docs"
    )
