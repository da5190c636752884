"""`newswatch parse` and `newswatch extract`, on files of our own and on real ones nobody here wrote."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from builders_feeds import an_item, an_rss
from newswatch.cli import articles

PAGE = (
    '<html><head><title>Talks go on</title><meta property="article:published_time" content="2026-03-01T12:00:00Z"></head><body>'
    + "<article><p>The minister said on Monday that the talks would go on for another week, and that both sides had agreed.</p>"
    + "<p>Observers at the border counted more than forty lorries since the morning, most of them covered and guarded.</p>"
    + "</article></body></html>"
)


def run(*words: str | Path) -> Result:
    app = typer.Typer()
    articles.register(app)
    return CliRunner().invoke(app, [*map(str, words)])


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_parse_gives_a_line_for_each_file(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(an_rss(an_item()))
    (tmp_path / "b.xml").write_bytes(b"<!DOCTYPE html><html></html>")
    result = run("parse", tmp_path / "a.xml", tmp_path / "b.xml", tmp_path / "c.xml")
    entry = {
        "key": "https://alpha.example/1",
        "title": "Title 1",
        "link": "https://alpha.example/1",
        "published_at": "2026-03-01T10:00:00+00:00",
        "summary": "Summary 1.",
    }
    assert lines(result) == [
        {
            "file": str(tmp_path / "a.xml"),
            "feed": {"title": "Alpha", "link": "https://alpha.example/"},
            "entries": [entry],
            "error": None,
        },
        {"file": str(tmp_path / "b.xml"), "feed": {"title": "", "link": None}, "entries": [], "error": "not_a_feed"},
        {"file": str(tmp_path / "c.xml"), "feed": {"title": "", "link": None}, "entries": [], "error": "no_such_file"},
    ]
    assert result.exit_code == 1
    assert run("parse", tmp_path / "a.xml").exit_code == 0


def test_extract_gives_a_line_for_each_file_in_order(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.html" for number in range(6)]
    for path in paths:
        path.write_text(PAGE)
    paths[2].write_bytes(b"")
    paths[4].unlink()
    result = run("extract", *paths)
    found = lines(result)
    assert [line["file"] for line in found] == [str(path) for path in paths]
    assert [line["reason"] for line in found] == [None, None, "empty", None, "no_such_file", None]
    assert {name: found[0][name] for name in ("title", "published_at", "language")} == {
        "title": "Talks go on",
        "published_at": "2026-03-01T12:00:00+00:00",
        "language": "en",
    }
    assert str(found[0]["text"]).startswith("The minister said")
    assert result.exit_code == 1


def test_captured_feeds_are_read_as_feedparser_reads_them(shared_material: Path) -> None:
    """Its titles and links, entry by entry; ours are plain text, resolved, and without repetitions."""
    import feedparser

    same = total = 0
    paths = sorted((shared_material / "feeds").glob("*.xml"))
    for path, line in zip(paths, lines(run("parse", *paths)), strict=True):
        assert line["error"] is None, path
        reference = feedparser.parse(io.BytesIO(path.read_bytes())).entries
        ours = {entry["link"]: " ".join(entry["title"].split()) for entry in line["entries"]}  # type: ignore[attr-defined]
        theirs = {entry.get("link", ""): " ".join(entry.get("title", "").split()) for entry in reference}
        assert len(ours) == len(theirs), path
        total += len(theirs)
        same += sum(ours.get(link) == title for link, title in theirs.items())
    assert total > 800
    assert same / total > 0.97


@pytest.mark.slow
def test_captured_pages_are_read_without_what_surrounds_them(shared_material: Path) -> None:
    pages = json.loads((shared_material / "pages.json").read_text(encoding="utf-8"))
    started = time.monotonic()
    found = lines(run("extract", *(shared_material / "pages" / page["file"] for page in pages)))
    elapsed = time.monotonic() - started
    texts = [str(line["text"]) for line in found]
    must = [phrase in text for page, text in zip(pages, texts, strict=True) for phrase in page["must"]]
    must_not = [phrase not in text for page, text in zip(pages, texts, strict=True) for phrase in page["must_not"]]
    assert sum(must) / len(must) > 0.92
    assert sum(must_not) / len(must_not) > 0.91
    assert sum(line["title"] is not None for line in found) >= len(pages) - 2
    assert elapsed < 60
