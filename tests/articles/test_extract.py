"""Pages are read in children; whatever a page does to its child, the next page is read."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newswatch.articles.extract import Extractor
from newswatch.articles.settings import ArticleSettings
from newswatch.articles.worker import Worker
from newswatch.domain import Downloaded, Extracted
from newswatch.errors import RuntimeSetupError

SENTENCES = (
    "The minister said on Monday that the talks would go on for another week. ",
    "Both sides had agreed to exchange prisoners before the end of the month. ",
    "Observers at the border counted more than forty lorries since the morning. ",
    "A spokesman for the army declined to say how many soldiers had been moved. ",
)
TEXT = "".join(f"<p>{sentence * 2}</p>" for sentence in SENTENCES)


def a_page(body: str = TEXT, head: str = "<title>Talks go on</title>") -> Downloaded:
    return Downloaded(
        "https://a.example/1", body=f"<html><head>{head}</head><body><article>{body}</article></body></html>".encode()
    )


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor(ArticleSettings(children=2, extract_cpu_seconds=2, extract_memory_megabytes=512)) as one:
        yield one


def test_a_page_is_read(extractor: Extractor) -> None:
    ((number, extracted),) = extractor.extract_many([(7, a_page())])
    assert (number, extracted.reason, extracted.title, extracted.published_at) == (7, None, None, None)
    assert all(sentence.strip() in extracted.text for sentence in SENTENCES)


def test_title_and_time_are_read_where_they_are_wanted(extractor: Extractor) -> None:
    head = '<title>Talks go on | The Alpha Times</title><meta property="article:published_time" content="2026-03-01T12:00:00Z">'
    pages = [(number, a_page(head=head)) for number in range(2)]
    found = dict(extractor.extract_many(pages, metadata_for={1}))
    assert (found[0].title, found[0].published_at) == (None, None)
    assert (found[1].title, found[1].published_at) == ("Talks go on", datetime(2026, 3, 1, 12, tzinfo=UTC))


def test_a_page_without_a_body_passes_with_its_reason(extractor: Extractor) -> None:
    assert list(extractor.extract_many([(1, Downloaded("u", reason="http_404"))])) == [
        (1, Extracted(None, "", reason="http_404"))
    ]


@pytest.mark.parametrize(
    ("name", "page", "reason"),
    [
        ("nothing", Downloaded("u", body=b"\n"), "empty"),
        ("no text", a_page("<script>1</script>"), "empty"),
        ("a stub", a_page("<p>Subscribe.</p>"), "too_short"),
        ("nested 300 deep", a_page("<div>" * 300 + TEXT + "</div>" * 300), "too_deep"),
        ("nested a million deep", a_page("<b>" * 1_000_000 + TEXT), "too_deep"),
        ("a billion columns", a_page(TEXT + '<table><tr><td colspan="1000000000">x</td></tr></table>'), None),
        ("not text at all", Downloaded("u", body=bytes(range(256)) * 100), "empty"),
    ],
)
def test_a_page_that_cannot_be_read_has_a_reason_and_costs_no_other(
    name: str, page: Downloaded, reason: str | None, extractor: Extractor
) -> None:
    pages = [(0, a_page()), (1, page), (2, a_page()), (3, a_page()), (4, a_page())]
    started = time.monotonic()
    found = dict(extractor.extract_many(pages))
    assert found[1].reason == reason, name
    assert [found[number].reason for number in (0, 2, 3, 4)] == [None] * 4
    assert time.monotonic() - started < 30


@pytest.mark.parametrize("body", ["<p>" * 1_500_000, "<p>some words of a page without end</p>" * 1_500_000])
def test_time_and_memory_are_bounded(body: str, extractor: Extractor) -> None:
    """Which of the two bounds is met first depends on the machine."""
    started = time.monotonic()
    found = dict(extractor.extract_many([(0, a_page(body)), (1, a_page()), (2, a_page()), (3, a_page())]))
    assert found[0].reason in ("out_of_memory", "timeout")
    assert [found[number].reason for number in (1, 2, 3)] == [None] * 3
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    ("number", "reason"),
    [(signal.SIGSEGV, "crashed_SIGSEGV"), (signal.SIGABRT, "crashed_SIGABRT"), (signal.SIGKILL, "timeout")],
)
def test_a_child_that_crashes_costs_one_page(number: signal.Signals, reason: str) -> None:
    worker = Worker(ArticleSettings())
    try:
        assert worker.read(a_page(), metadata=False).reason is None
        pid = worker.pid
        assert pid
        threading.Timer(0.3, os.kill, (pid, number)).start()
        assert worker.read(a_page("<p>" * 1_000_000), metadata=False).reason == reason
        assert worker.read(a_page(), metadata=False).reason is None
        assert worker.pid != pid
    finally:
        worker.close()


def test_children_end_with_the_extractor() -> None:
    with Extractor(ArticleSettings(children=2)) as extractor:
        list(extractor.extract_many([(0, a_page())]))
        pids = [worker.pid for worker in extractor._workers]
    assert all(pid and not Path(f"/proc/{pid}").exists() for pid in pids)


def test_a_child_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWATCH_DATABASE_URL", "postgresql://canary:canary@db/x")
    worker = Worker(ArticleSettings())
    try:
        worker.read(a_page(), metadata=False)
        assert b"canary" not in Path(f"/proc/{worker.pid}/environ").read_bytes()
    finally:
        worker.close()


def test_a_child_that_cannot_start_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    worker = Worker(ArticleSettings())
    with pytest.raises(RuntimeSetupError, match="The process that reads pages does not start: it said nothing"):
        worker.read(a_page(), metadata=False)
    worker.close()  # descriptors that were closed already are not closed again


def test_pages_are_taken_no_faster_than_they_are_read(extractor: Extractor) -> None:
    taken = 0

    def pages() -> Iterator[tuple[int, Downloaded]]:
        nonlocal taken
        for number in range(1_000):
            taken += 1
            yield number, a_page()

    results = extractor.extract_many(pages())
    next(results)
    time.sleep(1)
    assert taken < 1 + 64 + 2 + 2
    results.close()  # type: ignore[attr-defined]  # a generator, as its annotation does not say
