"""Steps three and four: what do the new pages say, and what do they signal?"""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from newswatch.articles.fingerprint import fingerprint
from newswatch.articles.language import identify
from newswatch.articles.settle import settle
from newswatch.domain import Classification, Downloaded, Entry, Extracted
from newswatch.metrics import Metric
from newswatch.steps import measures
from newswatch.steps.desk import Desk, open_desk
from newswatch.steps.result import StepResult, counted, sentence
from newswatch.storage import articles as article_storage
from newswatch.storage.articles import Claimed, ReadArticle

if TYPE_CHECKING:
    from newswatch.signals.classify import Classifier

log = logging.getLogger("newswatch")

CLASSIFY_BATCH = 500  # large enough for vectorised scoring, small enough that a crash repeats little


def read_articles(shard: int, *, of: int = 1, urgent: bool = False) -> StepResult:
    """Download and extract the waiting pages of this shard's hosts, for a limited time; the rest waits for the next run.

    `urgent` reads only what came from urgent feeds, and waits for no server longer than `operations.urgent_read_seconds`.
    """
    reasons: Counter[str] = Counter()
    with open_desk() as opened:
        desk = hurried(opened) if urgent else opened
        operations = desk.settings.operations
        with desk.db.begin() as connection:
            token, claimed = article_storage.claim(
                connection,
                "found",
                limit=operations.articles_per_task,
                minutes=operations.claim_minutes,
                share=(shard, of),
                urgent=urgent,
            )
        for batch in _batches(_read(desk, claimed, of), operations.articles_per_batch):
            with desk.db.begin() as connection:
                article_storage.save_read(connection, token, batch, desk.now)
            reasons.update(one.reason or "page" for one in batch)
        with desk.db.begin() as connection:
            left = article_storage.release(connection, token)
    pages = reasons.pop("page", 0)
    return StepResult(
        label=f"Reader {shard + 1}: {counted(pages + reasons.total(), 'article')}",
        summary=read_summary(pages, reasons, left),
        counts={"pages": pages, "feed_text": reasons.total(), "left": left},
        measures=measures.of_reading(pages, reasons),
    )


def hurried(desk: Desk) -> Desk:
    """The desk with less patience: a page that does not come in seconds is worth less than the minute it costs."""
    patience = desk.settings.operations.urgent_read_seconds
    network = desk.settings.network.model_copy(
        update={"total_seconds": min(desk.settings.network.total_seconds, patience)}
    )
    operations = desk.settings.operations.model_copy(update={"read_seconds": patience})
    newswatch = desk.settings.newswatch.model_copy(update={"network": network, "operations": operations})
    return replace(desk, settings=replace(desk.settings, newswatch=newswatch))


def read_summary(pages: int, reasons: Counter[str], left: int) -> str:
    """Such as "Articles: 41 pages read, 3 known by the feed's text alone (too_short 2, http_403 1)"."""
    why = ", ".join(f"{reason} {number}" for reason, number in reasons.most_common())
    told = sentence((pages, "pages read"), (reasons.total(), "known by the feed's text alone"))
    return f"Articles: {told}" + (f" ({why})" if why else "") + (f"; {left:,} wait for the next run" if left else "")


def _batches(read: Iterator[ReadArticle], size: int) -> Iterator[list[ReadArticle]]:
    """What was read, in lists small enough that a crash repeats little."""
    while batch := list(islice(read, size)):
        yield batch


def _read(desk: Desk, claimed: list[Claimed], tasks: int) -> Iterator[ReadArticle]:
    """Each claimed article as it is read; those whose host was not reached in time are left out."""
    most = desk.settings.operations.read_attempts  # a page that ended the tasks which tried it is not tried for ever
    wanted = {one.article_id: one for one in claimed if one.url and one.attempts <= most}
    yield from (read_article(one, None, None) for one in claimed if one.article_id not in wanted)
    if wanted:
        for article_id, downloaded, extracted in _pages(desk, wanted, tasks):
            yield read_article(wanted[article_id], downloaded, extracted)


def _pages(desk: Desk, wanted: dict[int, Claimed], tasks: int) -> Iterator[tuple[int, Downloaded, Extracted | None]]:
    """Each page that was asked for, with what came; pages stream from the network to the extracting children."""
    from newswatch.articles.download import download_many
    from newswatch.articles.extract import Extractor
    from newswatch.network.client import Client

    arrived: dict[int, Downloaded] = {}
    refused: list[tuple[int, Downloaded, None]] = []
    seconds = desk.settings.operations.read_seconds
    with Extractor(desk.settings.articles, tasks=tasks) as extractor, Client(desk.settings.network) as client:

        def arriving() -> Iterator[tuple[int, Downloaded]]:
            addresses = [(one.article_id, one.url) for one in wanted.values()]
            for article_id, downloaded in download_many(
                addresses, client=client, settings=desk.settings.articles, seconds=seconds
            ):
                if downloaded.reason is None:
                    arrived[article_id] = replace(downloaded, body=b"")
                    yield article_id, downloaded
                else:
                    refused.append((article_id, downloaded, None))

        silent = frozenset(one.article_id for one in wanted.values() if not one.published_at or not one.title)
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


def classify_articles(shard: int, *, urgent: bool = False) -> StepResult:
    """Classify every article that was read, or those of urgent feeds. The run keeps the model and settings it started with."""
    counts: Counter[str] = Counter()
    measured: Counter[tuple[Metric, str | None]] = Counter()
    with open_desk() as desk:
        classifier = load_current_classifier(desk)
        while True:
            findings = _classify_batch(desk, classifier, urgent=urgent)
            if not findings:
                break
            for finding in findings:
                counts["articles"] += 1
                counts["with_signal"] += bool(finding.signals)
                counts.update(finding.signals)
                counts.update([finding.reason] if finding.reason else [])
            measured.update({(one.metric, one.label): int(one.value) for one in measures.of_classifying(findings)})
    return StepResult(
        label=f"Classifier {shard + 1}: {counted(counts['articles'], 'article')}, {counts['with_signal']} with a signal",
        summary=classify_summary(counts),
        counts=dict(counts),
        measures=tuple(metric.of(number, label) for (metric, label), number in measured.items()),
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
    from newswatch.steps.model_life import load_champion, note_model

    classifier, warning = load_champion(desk.db, desk.settings)
    if warning:
        log.error("%s", warning)
    note_model(desk.db, classifier.model_sha, warning, desk.now)
    return classifier


def _classify_batch(desk: Desk, classifier: Classifier, *, urgent: bool) -> list[Classification]:
    token, claimed = _claim_read(desk, urgent=urgent)
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


def _claim_read(desk: Desk, *, urgent: bool) -> tuple[uuid.UUID, list[Claimed]]:
    with desk.db.begin() as connection:
        return article_storage.claim(
            connection, "read", limit=CLASSIFY_BATCH, minutes=desk.settings.operations.claim_minutes, urgent=urgent
        )
