"""`newswatch parse` and `newswatch extract`: what do these feeds and pages, saved as files, say?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newswatch.cli.progress import watched

if TYPE_CHECKING:
    from newswatch.articles.settings import ArticleSettings
    from newswatch.domain import Downloaded, Extracted, ParsedFeed

Files = Annotated[list[Path], typer.Argument(help="Files to read.", show_default=False)]
Address = Annotated[str | None, typer.Option("--url", help="Where the files came from; relative links are resolved.")]


def register(app: typer.Typer) -> None:
    """Add `parse` and `extract` to `app`."""
    app.command("parse")(parse)
    app.command("extract")(extract)


def parse(files: Files, url: Address = None) -> None:
    """Read feed documents; one JSON line a file: {"file", "feed", "entries", "error"}.

    `error` is null, "not_a_feed", "unreadable" or "no_such_file". Broken feeds give the entries that can be saved.
    Exit codes: 0 all were feeds, 1 at least one was not.

    Example: newswatch parse saved/*.xml | jq -r '.entries[].title'
    """
    faulty = 0
    for path in watched(files, total=len(files), title="Parsing"):
        line = _parsed(path, url)
        faulty += line["error"] is not None
        typer.echo(json.dumps(line, ensure_ascii=False))
    raise typer.Exit(1 if faulty else 0)


def extract(files: Files, url: Address = None) -> None:
    """Read article pages; one JSON line a file, in order: {"file", "title", "text", "published_at", "language", "reason"}.

    `reason` is null, or why the text is not usable: "too_short", "boilerplate", "empty", "too_deep", "timeout" ...
    Pages are read in processes of their own, one for each core. Exit codes: 0 all files were read, 1 one could not be.

    Example: newswatch extract pages/*.html > texts.jsonl
    """
    from newswatch.articles.extract import Extractor
    from newswatch.articles.settings import ArticleSettings

    settings = ArticleSettings()
    settings = settings.model_copy(update={"children": min(settings.child_count(), len(files))})
    unread = 0
    with Extractor(settings) as extractor:
        results = extractor.extract_many(_pages(files, url, settings), metadata_for=range(len(files)))
        for number, extracted in watched(_in_order(results), total=len(files), title="Extracting"):
            unread += extracted.reason in _UNREAD
            typer.echo(json.dumps(_extracted(files[number], extracted), ensure_ascii=False))
    raise typer.Exit(1 if unread else 0)


_UNREAD = ("no_such_file", "too_large")


def _parsed(path: Path, url: str | None) -> dict[str, Any]:
    from newswatch.domain import ParsedFeed
    from newswatch.feeds.parse import parse as parse_feed

    try:
        feed = parse_feed(path.read_bytes(), url=url, now=datetime.now(UTC))
    except OSError:
        feed = ParsedFeed("", None, (), error="no_such_file")
    return _feed_line(path, feed)


def _feed_line(path: Path, feed: ParsedFeed) -> dict[str, Any]:
    entries = [
        {
            "key": entry.key,
            "title": entry.title,
            "link": entry.link,
            "published_at": entry.published_at.isoformat() if entry.published_at else None,
            "summary": entry.summary,
        }
        for entry in feed.entries
    ]
    return {
        "file": str(path),
        "feed": {"title": feed.title, "link": feed.link},
        "entries": entries,
        "error": feed.error,
    }


def _pages(files: list[Path], url: str | None, settings: ArticleSettings) -> Iterator[tuple[int, Downloaded]]:
    """Each file as if it had been downloaded; read when a child is free for it."""
    from newswatch.domain import Downloaded

    for number, path in enumerate(files):
        try:
            body = path.read_bytes()
        except OSError:
            yield number, Downloaded(url or "", reason="no_such_file")
            continue
        reason = "too_large" if len(body) > settings.max_bytes else None
        yield number, Downloaded(url or "", body=b"" if reason else body, reason=reason)


def _in_order(results: Iterator[tuple[int, Extracted]]) -> Iterator[tuple[int, Extracted]]:
    """The results by rising number; those that came early wait for the ones before them."""
    waiting: dict[int, Extracted] = {}
    following = 0
    for number, extracted in results:
        waiting[number] = extracted
        while following in waiting:
            yield following, waiting.pop(following)
            following += 1


def _extracted(path: Path, extracted: Extracted) -> dict[str, Any]:
    from newswatch.articles.language import identify

    return {
        "file": str(path),
        "title": extracted.title,
        "text": extracted.text,
        "published_at": extracted.published_at.isoformat() if extracted.published_at else None,
        "language": identify(extracted.text or extracted.title or ""),
        "reason": extracted.reason,
    }
