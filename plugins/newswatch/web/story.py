"""The Story page: one happening with its reports, its changes, why it was told, to whom, and what came before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from newswatch.alerts.labels import labels_of
from newswatch.alerts.route import NOBODY, find_routes
from newswatch.domain import Dyad, Evidence, Story
from newswatch.settings import Settings, from_content
from newswatch.storage.pages import story as storage
from newswatch.storage.pages.inbox import InboxRow, find_row
from newswatch.storage.session import Connection
from newswatch.storage.stories import get_story
from newswatch.stories.origins import origin_of
from newswatch.web.access import Viewer
from newswatch.web.asked import StoryId
from newswatch.web.highlight import mark_terms
from newswatch.web.in_force import champion_folder
from newswatch.web.manifest import read_manifest
from newswatch.web.render import render
from newswatch.web.site import Site, SiteDep
from newswatch.web.timeline import Moment, timeline
from newswatch.web.why import Why, why

MODEL_TERMS = 8
router = APIRouter()


@dataclass(frozen=True)
class ReportView:
    """One report of a story. `how` says by which rule it joined: opened, copy, same_act, same_place, alike."""

    article_id: int
    title: str
    lead: str
    url: str | None
    publisher: str
    outlet: str | None
    origin: str
    tier: int
    state_media: str | None
    published_at: datetime
    how: str
    signals: tuple[str, ...]
    scores: Mapping[str, float]
    modality: str
    dyad: Dyad
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class StoryView:
    """Everything known of a story. `answered` is the row of its latest alert; None while nobody was told."""

    story: Story
    making: storage.Making
    why: Why
    reports: tuple[ReportView, ...]
    alerts: tuple[storage.AlertRow, ...]
    decisions: tuple[storage.DecisionRow, ...]
    messages: tuple[storage.MessageRow, ...]
    earlier: tuple[storage.EarlierStory, ...]
    answered: InboxRow | None


def view(site: Site, story_id: str) -> StoryView:
    """The story as it stands. Raises HTTPException 404 when there is none."""
    with site.db.read() as connection:
        story, making = get_story(connection, story_id), storage.get_making(connection, story_id)
        if story is None or making is None:
            raise HTTPException(404, "There is no such story. It may be older than what is kept.")
        config = storage.find_revision(connection, "config", making.config_rev)
        alerts = storage.find_alerts(connection, story_id)
        return StoryView(
            story=story,
            making=making,
            why=_why(story, alerts, settings_of(config), _own_thresholds(site, connection, making)),
            reports=tuple(_report(one) for one in storage.find_reports(connection, story_id)),
            alerts=tuple(alerts),
            decisions=tuple(storage.find_decisions(connection, story_id)),
            messages=tuple(storage.find_messages(connection, story_id)),
            earlier=tuple(storage.find_earlier(connection, story)),
            answered=find_row(connection, alerts[-1].alert_key) if alerts else None,
        )


def settings_of(content: Mapping[str, Any] | None) -> Settings | None:
    """The settings that were in force then; None when they were not kept, or are of a version that is read no more."""
    if content is None:
        return None
    try:
        return from_content(dict(content))
    except (ValidationError, KeyError):
        return None


@router.get("/stories/{story_id}", response_class=HTMLResponse, include_in_schema=False)
def story_page(request: Request, story_id: StoryId, visitor: Viewer, site: SiteDep) -> HTMLResponse:
    """The page that a Slack message links to."""
    found = view(site, story_id)
    return render(
        request,
        "story.html",
        visitor,
        view=found,
        story=found.story,
        timeline=timeline([_moment(report) for report in found.reports]),
        mark=lambda evidence: mark_terms(evidence.sentence, [term for term, _ in evidence.terms]),
        terms=_terms(found.story.evidence),
    )


@router.get("/api/stories/{story_id}", tags=["stories"])
def story_json(story_id: StoryId, visitor: Viewer, site: SiteDep) -> StoryView:
    """Everything known of a story: its reports, changes, decisions, messages, and the sum behind its severity."""
    return view(site, story_id)


def _why(story: Story, alerts: Sequence[storage.AlertRow], settings: Settings | None, model: Mapping[str, Any]) -> Why:
    thresholds = dict(model.get("thresholds") or {}) | (settings.signals.thresholds if settings else {})
    return why(
        signal=story.signal,
        score=story.score,
        threshold=thresholds.get(story.signal),
        severity=story.severity,
        levels=settings.severity.levels if settings else (),
        needed=_needed(story, settings) if alerts else None,
    )


def _own_thresholds(site: Site, connection: Connection, making: storage.Making) -> Mapping[str, float]:
    """The thresholds of the model that made the story; none when another model lies in the folder now."""
    manifest, model_sha = read_manifest(champion_folder(site, connection))
    found: Mapping[str, float] = (manifest or {}).get("thresholds") or {}
    return found if model_sha == making.model_sha else {}


def _needed(story: Story, settings: Settings | None) -> int | None:
    """The lowest severity of which a route that takes this story tells anybody."""
    if settings is None:
        return None
    routes = find_routes(settings.alerts.route, labels_of(story))
    return min((route.min_severity for route in routes if route.receiver != NOBODY), default=None)


def _report(one: storage.StoryReport) -> ReportView:
    report = one.report
    return ReportView(
        article_id=one.article_id,
        title=report.title,
        lead=report.lead,
        url=report.url,
        publisher=report.publisher,
        outlet=report.outlet,
        origin=origin_of(report),
        tier=report.tier,
        state_media=report.state_media,
        published_at=report.published_at,
        how=one.how,
        signals=report.signals,
        scores=report.scores,
        modality=report.modality,
        dyad=report.dyad,
        evidence=report.evidence,
    )


def _moment(report: ReportView) -> Moment:
    is_copy = report.how == "copy"
    return Moment(report.article_id, report.published_at, report.origin, report.publisher, report.title, is_copy)


def _terms(evidence: Sequence[Evidence]) -> list[tuple[str, float]]:
    """The terms that weighed most in the story's evidence, heaviest first, each once."""
    heaviest: dict[str, float] = {}
    for term, weight in (term for one in evidence for term in one.terms):
        heaviest[term] = max(weight, heaviest.get(term, weight), key=abs)
    return sorted(heaviest.items(), key=lambda term: -abs(term[1]))[:MODEL_TERMS]
