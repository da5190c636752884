"""What would another configuration have told, over the stored history? Nothing is fetched, nothing live is touched.

Stored scores are reused: only articles whose signals other thresholds change are scored again. All of them are when the model or
the list of actors is another, or the classifier reads in another way.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newswatch.domain import Classification
from newswatch.errors import ModelError, NewswatchError
from newswatch.tuning.rescore import stands_under
from newswatch.yaml_edit import Patch

if TYPE_CHECKING:
    import sqlalchemy as sa

    from newswatch.alerts.silence import Silence
    from newswatch.settings import Settings
    from newswatch.steps.result import StepResult
    from newswatch.storage.session import Database
    from newswatch.storage.tuning.history import StoredFinding
    from newswatch.stories.trace import Trace
    from newswatch.tuning.virtual_desk import Arrived, Outcome

DAYS = 30
FEW = 300  # articles that one process scores sooner than two have started
READING = ("use_encoder", "min_words", "max_body_sentences")  # settings that change what a classifier reads
MARGIN = timedelta(days=1)

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Candidate:
    """A configuration to try, with the model it would use; `model` None: the champion."""

    settings: Settings
    model: Path | None = None


@dataclass
class History:
    """The stored past, read once for every configuration that is tried on it."""

    since: datetime
    until: datetime
    findings: list[StoredFinding]
    moments: list[datetime]
    silences: tuple[Silence, ...]
    sent: list[tuple[str, datetime]]
    rows: dict[int, dict[str, Any]]  # articles as far as they were needed
    scored_again: int = 0
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    traces: dict[object, Trace] = field(default_factory=dict)


def replay_config(
    db: Database,
    folder: Path,
    *,
    now: datetime,
    patch: Mapping[str, Patch] | None = None,
    revision: str | None = None,
    config: Path | None = None,
    model: Path | None = None,
    days: float = DAYS,
    since: datetime | None = None,
    until: datetime | None = None,
    asked_by: str = "",
    keep: bool = False,
    progress: Progress = lambda _: None,
) -> dict[str, Any]:
    """Compare the configuration in `folder` with the same under `patch`, with a stored `revision`, or with the files of `config`.

    Returns the report (see `tuning.report.as_json`); with `keep` it is stored under its `replay_id`, for the pages.
    Raises ConfigError when the configuration to try is not valid, ModelError without a usable model.
    """
    from newswatch.settings import load_settings
    from newswatch.storage.tuning.replays import save_replay

    started = time.monotonic()
    until = until or now
    since = since or until - timedelta(days=days)
    if since >= until:
        raise NewswatchError(
            f"There is no time between {since:%Y-%m-%d %H:%M} and {until:%Y-%m-%d %H:%M}. Nothing was replayed."
        )
    present = Candidate(load_settings(folder))
    tried = candidate_settings(db, folder, present.settings, patch=patch, revision=revision, config=config)
    wanted = Candidate(tried, model)
    history = read_history(db, since=since, until=until, settings=(present.settings, wanted.settings))
    progress(f"{len(history.findings):,} articles read")
    report = compare_candidates(history, present, wanted, db, started=started, progress=progress)
    if keep:
        with db.begin() as connection:
            save_replay(connection, report["replay_id"], report, asked_by=asked_by, now=now)
    return report


def candidate_settings(
    db: Database,
    folder: Path,
    present: Settings,
    *,
    patch: Mapping[str, Patch] | None = None,
    revision: str | None = None,
    config: Path | None = None,
) -> Settings:
    """The configuration to try: the files of `config`, or a stored revision, or the present one; `patch` on top of either."""
    from newswatch.settings import deciding_texts, load_settings, load_texts
    from newswatch.steps.config_life import patched_texts, texts_of_revision

    if config is not None and not patch:
        return load_settings(config)
    texts = deciding_texts(config or folder)
    if revision is not None:
        texts = texts_of_revision(db, revision)
    wanted, standing = texts | patched_texts(texts, patch or {}), deciding_texts(folder)
    changed = {name: text for name, text in wanted.items() if text != standing[name]}
    return load_texts(folder, changed, present)


def read_history(db: Database, *, since: datetime, until: datetime, settings: Sequence[Settings]) -> History:
    """Everything stored of [since, until], and of as long before as a story or a message can reach."""
    from newswatch.steps.telling import silence_of
    from newswatch.storage.tuning import history as storage
    from newswatch.tuning.virtual_desk import ticks

    reach = max(timedelta(hours=one.stories.max_age_hours) for one in settings) + MARGIN
    start = since - reach
    with db.read() as connection:
        findings = list(storage.find_findings(connection, since=start, until=until))
        moments = storage.find_groupings(connection, since=start, until=until)
        return History(
            since, until, findings, moments or ticks(one.classified_at for one in findings),
            tuple(silence_of(row) for row in storage.find_all_silences(connection, since=start)),
            storage.find_sent(connection, since=since, until=until), {},
        )  # fmt: skip


def compare_candidates(
    history: History,
    present: Candidate,
    wanted: Candidate,
    db: Database,
    *,
    started: float | None = None,
    progress: Progress = lambda _: None,
) -> dict[str, Any]:
    """The report of `wanted` against `present` on this history; outcomes that are known are not worked out again."""
    from newswatch.tuning.report import as_json

    started = time.monotonic() if started is None else started
    before = outcome_of(db, history, present, present)
    progress("the present configuration replayed")
    after = outcome_of(db, history, wanted, present)
    return as_json(*_compared(db, history, present, wanted, before, after, started=started))  # fmt: skip


def outcome_of(db: Database, history: History, candidate: Candidate, present: Candidate) -> Outcome:
    """Everything that would have been told under `candidate`."""
    from newswatch.tuning.virtual_desk import run_through

    key = f"{candidate.settings.revision}|{candidate.model}"
    if key not in history.outcomes:
        arrived = _arrived(db, history, candidate, present)
        history.outcomes[key] = run_through(
            arrived,
            history.moments,
            settings=candidate.settings,
            silences=history.silences,
            traces=history.traces,
        )
    return history.outcomes[key]


def _arrived(db: Database, history: History, candidate: Candidate, present: Candidate) -> list[Arrived]:
    """The reports there would have been, in order of arrival."""
    from newswatch.storage.tuning.history import report_of
    from newswatch.tuning.virtual_desk import Arrived

    found = _findings_under(db, history, candidate, present)
    reports = [
        (stored, found[stored.article_id])
        for stored in history.findings
        if found[stored.article_id].signals or found[stored.article_id].modality == "denial"
    ]
    with db.read() as connection:
        _fetch(connection, history, (stored.article_id for stored, _ in reports))
    return [
        Arrived(stored.classified_at, report_of(history.rows[stored.article_id], finding))
        for stored, finding in reports
        if stored.article_id in history.rows
    ]


def _findings_under(
    db: Database, history: History, candidate: Candidate, present: Candidate
) -> dict[int, StoredFinding | Classification]:
    """The finding of every article under the candidate: the stored one where it stands, else a new one."""
    from newswatch.steps.model_life import thresholds_in_force

    found: dict[int, StoredFinding | Classification] = {one.article_id: one for one in history.findings}
    if reads_otherwise(candidate, present):
        again = list(found)
    else:
        thresholds = thresholds_in_force(db, candidate.settings)
        again = [one.article_id for one in history.findings if not stands_under(one, thresholds)]
    if again:
        with db.read() as connection:
            _fetch(connection, history, again)
        again = [article_id for article_id in again if article_id in history.rows]
        found |= dict(zip(again, _scored(db, history, again, candidate), strict=True))
        history.scored_again += len(again)
    return found


def reads_otherwise(candidate: Candidate, present: Candidate) -> bool:
    """Whether stored scores are of no use: another model, other actors, or another way of reading."""
    mine, theirs = candidate.settings, present.settings
    return (
        candidate.model is not None
        or mine.actors != theirs.actors
        or any(getattr(mine.signals, name) != getattr(theirs.signals, name) for name in READING)
    )


def _scored(db: Database, history: History, article_ids: Sequence[int], candidate: Candidate) -> list[Classification]:
    import multiprocessing

    from newswatch.signals.classify import load_classifier
    from newswatch.signals.side_by_side import SideBySide
    from newswatch.steps.model_life import current_model_folder
    from newswatch.storage.tuning.history import reading_of

    readings = [reading_of(history.rows[article_id]) for article_id in article_ids]
    folder = candidate.model or current_model_folder(db)
    settings, actors = candidate.settings.signals, candidate.settings.actors
    if len(readings) < FEW or multiprocessing.current_process().daemon:
        return load_classifier(folder, settings=settings, actors=actors).classify(readings)
    with SideBySide(folder, settings=settings, actors=actors) as classifier:
        return classifier.classify(readings)


def _fetch(connection: sa.Connection, history: History, article_ids: Iterable[int]) -> None:
    from newswatch.storage.tuning.history import find_articles

    wanted = [article_id for article_id in article_ids if article_id not in history.rows]
    history.rows |= {row["article_id"]: row for row in find_articles(connection, wanted)}


def _compared(
    db: Database,
    history: History,
    present: Candidate,
    wanted: Candidate,
    before: Outcome,
    after: Outcome,
    *,
    started: float,
) -> tuple[Any, Any]:
    from newswatch.storage.tuning.labels import find_approved
    from newswatch.tuning.comparison import compare, messages_of
    from newswatch.tuning.difference import differences
    from newswatch.tuning.report import Frame

    with db.read() as connection:
        approved = {one.article_id: one for one in find_approved(connection)}
    labels = [
        approved[one.article_id]
        for one in history.findings
        if one.article_id in approved and history.since <= one.classified_at < history.until
    ]
    old, new = (messages_of(one, history.since, history.until) for one in (before, after))
    found = compare(old, new, labels)
    replayed = {
        (one.decision.alert.alert_key, one.decision.decided_at)
        for one in before.tellings
        if history.since <= one.decision.decided_at <= history.until
    }
    frame = Frame(
        replay_id=replay_id(history.since, history.until, present, wanted),
        since=history.since,
        until=history.until,
        revision_before=present.settings.revision,
        revision_after=wanted.settings.revision,
        differences=differences(_deciding(present.settings), _deciding(wanted.settings)),
        articles=len(history.findings),
        scored_again=history.scored_again,
        model=wanted.model.name if wanted.model else "",
        sent=len(history.sent),
        as_sent=len(replayed & set(history.sent)),
        replayed=len(replayed),
        seconds=time.monotonic() - started,
    )
    return found, frame  # fmt: skip


def replay_id(since: datetime, until: datetime, present: Candidate, wanted: Candidate) -> str:
    """The same question has the same name."""
    asked = [
        since.isoformat(),
        until.isoformat(),
        present.settings.revision,
        wanted.settings.revision,
        str(wanted.model),
    ]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]


def _deciding(settings: Settings) -> dict[str, object]:
    from newswatch.settings import DECIDING

    content = settings.content
    return {name: content[name] for name in DECIDING}


def replay_task(params: Mapping[str, Any], *, asked_by: str) -> StepResult:
    """The task of the DAG `replay_config`: `params` as its form gives them. The report is kept, and its Markdown told."""
    from newswatch.runtime.place import config_folder
    from newswatch.steps.desk import open_desk
    from newswatch.steps.result import StepResult
    from newswatch.steps.training import challenger_folder
    from newswatch.tuning.report import as_markdown, headline

    since, until = (_moment(params.get(name)) for name in ("from", "to"))
    with open_desk() as desk:
        shadow = challenger_folder(desk) if params.get("challenger") else None
        if params.get("challenger") and shadow is None:
            raise ModelError("There is no challenger to replay with. Nothing was replayed; see `newswatch model list`.")
        report = replay_config(
            desk.db, config_folder(), now=desk.now, patch=params.get("overrides") or None,
            revision=params.get("revision") or None, since=since, until=until, days=float(params.get("days") or DAYS),
            model=shadow[0] if shadow else None, asked_by=asked_by, keep=True,
        )  # fmt: skip
    return StepResult(
        label=f"{report['before']['alerts']} → {report['after']['alerts']} alerts",
        summary=f"{headline(report)}\n\n{as_markdown(report)}",
        counts=report["counts"],
        names={"replay_id": report["replay_id"]},
    )


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
