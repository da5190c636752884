"""What does each stage cost, beside its lower bound and beside what one would take instead? CPU seconds, medians of five.

All candidates of a stage read the same material in the same process, turn by turn, so that a busy machine slows them alike;
rivals that are no dependency of ours (newspaper4k, fastfeedparser) run in an environment of their own, see `rivals.py`.
"""

from __future__ import annotations

import io
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from report import Row
from station import BENCH, REPOSITORY, news_site

from newswatch.domain import Reading

ROUNDS = 5
DOCUMENTS, PAGES, READINGS, REPORTS, ROWS = 20, 20, 100, 200, 1_000
NOW = datetime.now(UTC)
Work = Callable[[], object]


def medians(candidates: Mapping[str, Work]) -> dict[str, float]:
    """Median CPU seconds of each candidate over `ROUNDS` turns, after one turn to warm up."""
    taken: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(ROUNDS + 1):
        for name, work in candidates.items():
            started = time.process_time()
            work()
            if turn:
                taken[name].append(time.process_time() - started)
    return {name: statistics.median(times) for name, times in taken.items()}


def run(rivals: Path | None, shared: Path | None) -> list[Row]:
    """All stages."""
    site = news_site.Site(10, 20, 80)
    rows = parse(site, rivals) + extract(site, rivals, shared) + classify(site)
    return rows + group() + store() + render()


def parse(site: Any, rivals: Path | None) -> list[Row]:
    import feedparser
    from lxml import etree

    from newswatch.feeds.parse import parse as ours

    documents = [site.feed(number % 10, number // 10 + 1) for number in range(DOCUMENTS)]
    taken = medians(
        {
            "Newswatch": lambda: [ours(one, url="http://127.1.0.1/feed.xml", now=NOW) for one in documents],
            "feedparser in a loop": lambda: [feedparser.parse(io.BytesIO(one)) for one in documents],
            "bound: lxml.etree.fromstring": lambda: [etree.fromstring(one) for one in documents],
        }
    )
    taken |= rivals_of("parse", documents, rivals)
    return rows_of("parse a feed (entries)", taken, DOCUMENTS * 20)


def extract(site: Any, rivals: Path | None, shared: Path | None) -> list[Row]:
    import lxml.html
    import trafilatura

    from newswatch.articles.page import read_page

    def stage(name: str, pages: list[bytes]) -> list[Row]:
        taken = medians(
            {
                "Newswatch": lambda: [
                    read_page(one, url=None, metadata=False, shortest=200, longest=200_000) for one in pages
                ],
                "trafilatura.extract, default": lambda: [trafilatura.extract(one) for one in pages],
                "bound: lxml.html.fromstring": lambda: [lxml.html.fromstring(one) for one in pages],
            }
        )
        taken |= rivals_of("extract", pages, rivals)
        return rows_of(name, taken, len(pages))

    rows = stage("extract a page", [site.page(number % 10, 1, number // 10)[0] for number in range(PAGES)])
    if shared and (shared / "pages").is_dir():
        real = [path.read_bytes() for path in sorted((shared / "pages").iterdir())[:PAGES]]
        rows += stage("extract a real page", real)
    return rows


def classify(site: Any) -> list[Row]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    from newswatch.settings import load_settings
    from newswatch.signals.classify import load_classifier

    settings = load_settings(REPOSITORY / "config")
    classifier = load_classifier(REPOSITORY / "seeds/model", settings=settings.signals, actors=settings.actors)
    readings = []
    for serial in range(READINGS):
        title, lead = site.words.article(serial)
        readings.append(Reading(title, lead, "\n".join(site.words.paragraphs(serial)), "en"))
    texts = [f"{one.title} {one.lead} {one.text}" for one in readings]
    model = naive_model(site)
    vectorizer = TfidfVectorizer(ngram_range=(1, 2)).fit(texts)
    taken = medians(
        {
            "Newswatch, in batches": lambda: classifier.classify(readings),
            "Newswatch, one by one": lambda: [classifier.classify([one]) for one in readings[:40]] * 5,
            "TF-IDF and logistic regression, one by one": lambda: [model.predict_proba([one]) for one in texts],
            "bound: TF-IDF of words and pairs": lambda: vectorizer.transform(texts),
        }
    )
    taken["Newswatch, one by one"] *= READINGS / 40
    return rows_of("classify an article", taken, READINGS)


def naive_model(site: Any) -> Any:
    """What a first version would use: headline words, 1 for any signal."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    told = site.words.with_signal + site.words.without
    texts = [f"{one['title']} {one['lead']}" for one in told]
    return make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(max_iter=300)).fit(
        texts, [bool(one["signals"]) for one in told]
    )


def group() -> list[Row]:
    from builders_alerts import a_report
    from newswatch.articles.fingerprint import fingerprint, likeness
    from newswatch.settings import load_settings
    from newswatch.stories.window import StoryWindow

    settings = load_settings(REPOSITORY / "config")
    site = news_site.Site(1, 1)
    reports = []
    for serial in range(REPORTS):
        title, lead = site.words.article(serial * news_site.SIGNAL_EVERY)
        text = " ".join(site.words.paragraphs(serial))
        at = NOW + timedelta(minutes=serial)
        known = {
            "article_id": serial + 1,
            "lead": lead,
            "text": text,
            "published_at": at,
            "fingerprint": fingerprint(text),
        }
        reports.append(a_report(title, **known))

    def ours() -> None:
        window = StoryWindow(settings.stories, settings.severity)
        for one in reports:
            window.place(one, surging=frozenset())

    first = reports[0].fingerprint
    taken = medians(
        {
            "Newswatch": ours,
            "bound: each fingerprint compared once": lambda: [likeness(first, one.fingerprint) for one in reports],
        }
    )
    return rows_of("group a report", taken, REPORTS)


def store() -> list[Row]:
    """Wall and CPU of the client would mislead: the server works too. So here the clock on the wall counts."""

    from newswatch.runtime.postgres import EmbeddedPostgres

    folder = Path(tempfile.mkdtemp(prefix="nw-store-", dir="/tmp"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "data")
    server.start()
    try:
        return _store(server)
    finally:
        server.stop()
        subprocess.run(["rm", "-rf", str(folder)], check=False)


def _store(server: Any) -> list[Row]:
    import psycopg

    from newswatch.domain import Entry, Feed
    from newswatch.storage.feeds import FoundEntry, save_entries, save_feeds
    from newswatch.storage.migrate import migrate
    from newswatch.storage.session import Database

    db = Database(server.url("newswatch"))
    migrate(db)
    feed = Feed("bench", "Bench", "Bench", "https://bench.example/rss")
    with db.begin() as connection:
        save_feeds(connection, [feed], NOW)
    text = "Words of an article, as feeds bring them. " * 45
    turn = iter(range(10_000))

    def entries() -> list[FoundEntry]:
        number = next(turn)
        keys = [f"https://bench.example/{number}/{place}" for place in range(ROWS)]
        return [FoundEntry(Entry(key, "Title", key, "Lead", NOW, text=text), key) for key in keys]

    def ours() -> None:
        found = entries()
        for start in range(0, ROWS, 100):
            with db.begin() as connection:
                save_entries(connection, feed, found[start : start + 100], backlog=False, now=NOW)

    columns = "canonical_url, url, feed_id, publisher, title, lead, text, seen_at, backlog"

    def one_by_one() -> None:
        with psycopg.connect(server.url("newswatch")) as connection:
            for one in entries():
                connection.execute(
                    f"INSERT INTO articles ({columns}) VALUES (%s, %s, 'bench', 'Bench', 'Title', 'Lead', %s, now(), false)",
                    (one.canonical_url, one.canonical_url, text),
                )
                connection.commit()

    def copy() -> None:
        with psycopg.connect(server.url("newswatch")) as connection, connection.cursor() as cursor:
            with cursor.copy(f"COPY articles ({columns}) FROM STDIN") as rows:
                for one in entries():
                    rows.write_row(
                        (one.canonical_url, one.canonical_url, "bench", "Bench", "Title", "Lead", text, NOW, False)
                    )
            connection.commit()

    taken = medians_of_the_wall(
        {
            "Newswatch: entry and article, upserted in batches": ours,
            "one INSERT and commit a row": one_by_one,
            "bound: COPY of the article": copy,
        }
    )
    db.close()
    return rows_of("store an article", taken, ROWS)


def medians_of_the_wall(candidates: Mapping[str, Work]) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(ROUNDS):
        for name, work in candidates.items():
            started = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - started)
    return {name: statistics.median(times) for name, times in taken.items()}


def render() -> list[Row]:
    from builders_alerts import a_decision, a_story, slack_settings
    from newswatch.alerts.message import Provenance
    from newswatch.alerts.plan import Telling, messages_for

    settings = slack_settings()
    receiver = next(iter(settings.alerts.receivers_by_name.values()))
    story = a_story()
    decision = a_decision(story)
    provenance = Provenance("m" * 64, settings.revision, settings.signals.thresholds, "")
    payload = [asdict(one.notification) for one in messages_for(Telling(decision, story), None, receiver, provenance)]
    taken = medians(
        {
            "Newswatch": lambda: [
                messages_for(Telling(decision, story), None, receiver, provenance) for _ in range(500)
            ],
            "bound: json.dumps of the message": lambda: [json.dumps(payload, default=str) for _ in range(500)],
        }
    )
    return rows_of("render a message", taken, 500)


def rows_of(stage: str, taken: Mapping[str, float], number: int) -> list[Row]:
    """A line for each candidate; the ratio tells how many times as quick as it we are."""
    ours = next(iter(taken.values()))
    return [Row(stage, name, number / seconds, seconds / ours) for name, seconds in taken.items()]


def rivals_of(stage: str, material: list[bytes], rivals: Path | None) -> dict[str, float]:
    """What the libraries of the other environment take for the same bytes; nothing where it could not be made."""
    if rivals is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        for number, one in enumerate(material):
            (Path(folder) / f"{number:04}").write_bytes(one)
        command = [str(rivals / "bin/python"), str(BENCH / "rivals.py"), stage, folder, str(ROUNDS)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    if done.returncode:
        print(f"rivals: {done.stderr.strip().splitlines()[-1:]}")
        return {}
    return dict(json.loads(done.stdout.splitlines()[-1]))
