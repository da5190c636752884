"""Steps three and four: what do the new pages say, and what do they signal?"""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from newswatch.articles.fingerprint import fingerprint
from newswatch.articles.language import identify
from newswatch.articles.settle import settle
from newswatch.domain import Classification, Downloaded, Entry, Extracted
from newswatch.steps.desk import Desk, open_desk
from newswatch.steps.result import StepResult, counted, sentence
from newswatch.storage import articles as article_storage
from newswatch.storage.articles import Claimed, ReadArticle

if TYPE_CHECKING:
    from newswatch.articles.extract import Extractor
    from newswatch.network.client import Client
    from newswatch.signals.classify import Classifier

CLASSIFY_BATCH = 500  # large enough for vectorised scoring, small enough that a crash repeats little


def read_articles(shard: int) -> StepResult:
    """Download and extract pages until none waits or the run's budget is spent; the rest waits for the next run."""
    from newswatch.articles.extract import Extractor
    from newswatch.network.client import Client

    reasons: Counter[str] = Counter()
    with open_desk() as desk, Extractor(desk.settings.articles) as extractor, Client(desk.settings.network) as client:
        operations = desk.settings.operations
        deadline = time.monotonic() + operations.read_seconds
        while reasons.total() < operations.articles_per_task and time.monotonic() < deadline:
            limit = min(operations.articles_per_batch, operations.articles_per_task - reasons.total())
            batch = list(_read_batch(desk, client, extractor, limit))
            if not batch:
                break
            reasons.update(one.reason or "page" for one in batch)
    pages = reasons.pop("page", 0)
    return StepResult(
        label=f"Reader {shard + 1}: {counted(pages + reasons.total(), 'article')}",
        summary=read_summary(pages, reasons),
        counts={"pages": pages, "feed_text": reasons.total()},
    )


def read_summary(pages: int, reasons: Counter[str]) -> str:
    """Such as "Articles: 41 pages read, 3 known by the feed's text alone (too_short 2, http_403 1)"."""
    why = ", ".join(f"{reason} {number}" for reason, number in reasons.most_common())
    told = sentence((pages, "pages read"), (reasons.total(), "known by the feed's text alone"))
    return f"Articles: {told}" + (f" ({why})" if why else "")


def _read_batch(desk: Desk, client: Client, extractor: Extractor, limit: int) -> Iterator[ReadArticle]:
    with desk.db.begin() as connection:
        token, claimed = article_storage.claim(
            connection, "found", limit=limit, minutes=desk.settings.operations.claim_minutes
        )
    by_id = {one.article_id: one for one in claimed}
    read = []
    for article_id, downloaded, extracted in _pages(desk, client, extractor, claimed):
        read.append(read_article(by_id.pop(article_id), downloaded, extracted))
    read += [read_article(one, None, None) for one in by_id.values()]  # no address, or too many attempts
    with desk.db.begin() as connection:
        article_storage.save_read(connection, token, read, desk.now)
    yield from read


def _pages(
    desk: Desk, client: Client, extractor: Extractor, claimed: list[Claimed]
) -> Iterator[tuple[int, Downloaded, Extracted | None]]:
    """Each page that was asked for, with what came; pages stream from the network to the extracting children."""
    from newswatch.articles.download import download_many

    most = desk.settings.operations.read_attempts  # a page that ended the tasks which tried it is not tried for ever
    wanted = [(one.article_id, one.url) for one in claimed if one.url and one.attempts <= most]
    arrived: dict[int, Downloaded] = {}

    def arriving() -> Iterator[tuple[int, Downloaded]]:
        for article_id, downloaded in download_many(wanted, client=client, settings=desk.settings.articles):
            if downloaded.reason is None:
                arrived[article_id] = downloaded
                yield article_id, downloaded
            else:
                refused.append((article_id, downloaded, None))

    refused: list[tuple[int, Downloaded, None]] = []
    silent = frozenset(one.article_id for one in claimed if not one.published_at or not one.title)
    for article_id, extracted in extractor.extract_many(arriving(), metadata_for=silent):
        yield article_id, arrived.pop(article_id), extracted
    yield from refused


def read_article(claimed: Claimed, downloaded: Downloaded | None, extracted: Extracted | None) -> ReadArticle:
    """What is known of an article once its page was tried: text, its source, language and fingerprint."""
    entry = Entry("", claimed.title, claimed.url or None, claimed.lead, claimed.published_at, text=claimed.text)
    settled = settle(entry, downloaded, extracted)
    body = f"{settled.title}. {settled.lead}\n{settled.text}"
    return ReadArticle(
        article_id=claimed.article_id,
        title=settled.title,
        lead=settled.lead,
        text=settled.text,
        text_source=settled.text_source,
        language=identify(body),
        published_at=settled.published_at,
        reason=settled.reason,
        fingerprint=fingerprint(settled.text or f"{settled.title} {settled.lead}"),
    )


def classify_articles(shard: int) -> StepResult:
    """Classify every article that was read. The run keeps the model and the settings it started with."""
    counts: Counter[str] = Counter()
    with open_desk() as desk:
        classifier = load_current_classifier(desk)
        while True:
            findings = _classify_batch(desk, classifier)
            if not findings:
                break
            for finding in findings:
                counts["articles"] += 1
                counts["with_signal"] += bool(finding.signals)
                counts.update(finding.signals)
                counts.update([finding.reason] if finding.reason else [])
    return StepResult(
        label=f"Classifier {shard + 1}: {counted(counts['articles'], 'article')}, {counts['with_signal']} with a signal",
        summary=classify_summary(counts),
        counts=dict(counts),
    )


def classify_summary(counts: Counter[str]) -> str:
    from newswatch.domain import SIGNALS

    fired = ", ".join(f"{name} {counts[name]}" for name in SIGNALS if counts[name]) or "none"
    left_out = sentence(
        (counts["unclassifiable"], "without usable text"),
        (counts["unsupported_language"], "in a language without a model"),
    )
    told = f"Signals: {counts['with_signal']:,} of {counted(counts['articles'], 'article')} ({fired})."
    return told + (f" Not scored: {left_out}." if counts["unclassifiable"] + counts["unsupported_language"] else "")


def load_current_classifier(desk: Desk) -> Classifier:
    """The model of this installation with the settings in force. Raises ModelError when there is none to be trusted."""
    from newswatch.runtime.place import model_folder
    from newswatch.signals.classify import load_classifier

    return load_classifier(model_folder(), settings=desk.settings.signals, actors=desk.settings.actors)


def _classify_batch(desk: Desk, classifier: Classifier) -> list[Classification]:
    token, claimed = _claim_read(desk)
    findings = classifier.classify([article_storage.reading_of(one) for one in claimed]) if claimed else []
    with desk.db.begin() as connection:
        article_storage.save_classified(
            connection,
            token,
            {one.article_id: finding for one, finding in zip(claimed, findings, strict=True)},
            model_sha=classifier.model_sha,
            config_rev=desk.settings.revision,
            now=desk.now,
        )
    return findings


def _claim_read(desk: Desk) -> tuple[uuid.UUID, list[Claimed]]:
    with desk.db.begin() as connection:
        return article_storage.claim(
            connection, "read", limit=CLASSIFY_BATCH, minutes=desk.settings.operations.claim_minutes
        )
