"""The Model page: how good is the model in force, what did it find lately, who stands in its shadow, and does the news drift?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field

from newswatch.domain import SIGNALS
from newswatch.errors import ModelError
from newswatch.steps.model_life import ModelLife, model_life, promote_challenger, reject_challenger, rollback_model
from newswatch.storage.pages.model import Found, count_signals, latest_model
from newswatch.storage.tuning.changes import Change
from newswatch.storage.tuning.models import ModelRow, SideBySideRow
from newswatch.web.access import Operator, Viewer, Visitor
from newswatch.web.answers import back_to
from newswatch.web.asked import Visible
from newswatch.web.drift import DriftLine, drift_lines
from newswatch.web.in_force import champion_folder, classifier_in_force
from newswatch.web.manifest import read_manifest, read_text
from newswatch.web.model_figures import Bin, ModelFigures, SignalQuality, read_figures
from newswatch.web.render import render
from newswatch.web.score_bins import ScoreBins, score_bins
from newswatch.web.score_history import score_history
from newswatch.web.site import Site, SiteDep

CARD = "MODEL_CARD.md"
DAYS = 7
Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Why = Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S"), Visible]
router = APIRouter()


class Promotion(BaseModel):
    """Let the challenger take the champion's place."""

    model_config = ConfigDict(frozen=True)

    challenger: Sha = Field(description="The challenger that was looked at.")
    champion: Sha = Field(description="The champion it was compared with; another by now refuses.")
    why: Why = Field(description="The reason, for the audit.")


class Rejection(BaseModel):
    """Send the challenger away."""

    model_config = ConfigDict(frozen=True)

    challenger: Sha = Field(description="The challenger that was looked at.")


class ModelRollback(BaseModel):
    """Let the champion before this one be champion again."""

    model_config = ConfigDict(frozen=True)

    why: Why = Field(description="The reason, for the audit.")


@dataclass(frozen=True)
class SignalRow:
    """A signal: the threshold in force, the model's own, how many articles carried it in the last 7 days and the 7 before, its
    scores in these days, and its quality by the model's own figures.
    """

    signal: str
    threshold: float | None
    own_threshold: float | None
    found: int
    found_before: int
    scores: ScoreBins
    quality: SignalQuality | None


@dataclass(frozen=True)
class LifeView:
    """Which models there are. `champion` None: the one that came with the code; `shadow`: both models on the same articles."""

    champion: ModelRow | None
    challenger: ModelRow | None
    champion_sha: str
    models: tuple[ModelRow, ...]
    shadow_articles: int
    shadow: tuple[SideBySideRow, ...]
    changes: tuple[Change, ...]
    approved_labels: int
    approved_since_training: int


@dataclass(frozen=True)
class ModelView:
    """The model in force, what it found, and its card (Markdown). `in_use`: the latest findings are this model's."""

    model_sha: str
    in_use: bool
    used_sha: str | None
    signals: tuple[SignalRow, ...]
    read: int
    read_before: int
    figures: ModelFigures | None
    life: LifeView
    drift: tuple[DriftLine, ...]
    card: str


def view(site: Site) -> ModelView:
    """The model as it stands. Raises HTTPException 404 when there is none."""
    with site.db.read() as connection:
        folder = champion_folder(site, connection)
    manifest, model_sha = read_manifest(folder)
    card = read_text(folder / CARD)
    if manifest is None or card is None:
        raise HTTPException(
            404, "There is no trained model here, so nothing can be classified. Train one: newswatch train."
        )
    overrides, figures = classifier_in_force(site).signals.thresholds, read_figures(folder)
    with site.db.read() as connection:
        week = timedelta(days=DAYS)
        found = count_signals(connection, since=site.now - week, until=site.now)
        before = count_signals(connection, since=site.now - 2 * week, until=site.now - week)
        used = latest_model(connection)
    thresholds = dict(manifest.get("thresholds") or {}) | overrides
    bins = score_bins(score_history(site.db, days=DAYS, now=site.now), thresholds)
    life = model_life(site.db, now=site.now)
    return ModelView(
        model_sha=model_sha,
        in_use=used in (None, model_sha),
        used_sha=used,
        signals=tuple(_row(signal, manifest, overrides, found, before, bins, figures) for signal in SIGNALS),
        read=found.articles,
        read_before=before.articles,
        figures=figures,
        life=_life(life),
        drift=drift_lines(life.drift),
        card=card,
    )


def card_html(card: str) -> Markup:
    """The card as HTML. Markdown alone is rendered; HTML in it stays text, and links lead nowhere but to the web."""
    from markdown_it import MarkdownIt

    return Markup(MarkdownIt("commonmark", {"html": False}).enable("table").render(card))  # noqa: S704 - escaped by markdown-it


def promote(site: Site, visitor: Visitor, said: Promotion) -> None:
    """The challenger becomes champion, with an entry in the audit. Raises HTTPException 422 when it may not."""
    try:
        promote_challenger(
            site.db, said.challenger, expected_champion=said.champion, who=visitor.user_id, why=said.why, now=site.now
        )
    except ModelError as error:
        raise HTTPException(422, str(error)) from None


def reject(site: Site, visitor: Visitor, said: Rejection) -> None:
    """The challenger leaves. Raises HTTPException 409 when it is not the challenger any more."""
    if not reject_challenger(site.db, said.challenger, who=visitor.user_id, now=site.now):
        raise HTTPException(409, f"{said.challenger[:12]} is not the challenger any more. Nothing was changed.")


def roll_back(site: Site, visitor: Visitor, said: ModelRollback) -> str:
    """The champion before is champion again; returns its sha256. Raises HTTPException 422 when there is none."""
    try:
        return rollback_model(site.db, who=visitor.user_id, why=said.why, now=site.now)
    except ModelError as error:
        raise HTTPException(422, str(error)) from None


@router.get("/model", response_class=HTMLResponse, include_in_schema=False)
def model_page(request: Request, visitor: Viewer, site: SiteDep) -> HTMLResponse:
    """Figures, challenger and drift, and the card below."""
    found = view(site)
    return render(request, "model.html", visitor, view=found, card=card_html(found.card), spots=reliability_spots)


@router.post("/model/promote", include_in_schema=False)
def promote_from_page(
    request: Request, visitor: Operator, site: SiteDep, said: Annotated[Promotion, Form()]
) -> Response:
    """From the page: let the challenger take over."""
    promote(site, visitor, said)
    return back_to(request, "/model")


@router.post("/model/reject", include_in_schema=False)
def reject_from_page(
    request: Request, visitor: Operator, site: SiteDep, said: Annotated[Rejection, Form()]
) -> Response:
    """From the page: send the challenger away."""
    reject(site, visitor, said)
    return back_to(request, "/model")


@router.post("/model/rollback", include_in_schema=False)
def roll_back_from_page(
    request: Request, visitor: Operator, site: SiteDep, said: Annotated[ModelRollback, Form()]
) -> Response:
    """From the page: the one before."""
    roll_back(site, visitor, said)
    return back_to(request, "/model")


@router.get("/api/model", tags=["model"])
def model_json(visitor: Viewer, site: SiteDep) -> ModelView:
    """The model in force: its figures, what it found lately, its challenger, drift, and its card."""
    return view(site)


@router.post("/api/model/promote", tags=["model"])
def promote_json(said: Promotion, visitor: Operator, site: SiteDep) -> dict[str, str]:
    """Let the challenger take the champion's place; it must have passed its gate."""
    promote(site, visitor, said)
    return {"champion": said.challenger}


@router.post("/api/model/reject", tags=["model"])
def reject_json(said: Rejection, visitor: Operator, site: SiteDep) -> dict[str, str]:
    """Send the challenger away for good."""
    reject(site, visitor, said)
    return {"rejected": said.challenger}


@router.post("/api/model/rollback", tags=["model"])
def roll_back_json(said: ModelRollback, visitor: Operator, site: SiteDep) -> dict[str, str]:
    """Let the champion before this one be champion again."""
    return {"champion": roll_back(site, visitor, said)}


def reliability_spots(bins: Sequence[Bin]) -> list[tuple[float, float, float, Bin]]:
    """(x, y, radius, bin) in a box of 100: mean score to the right, share that is true upwards; the area tells how many."""
    most = max((one.items for one in bins), default=1)
    return [
        (
            round(100 * one.mean, 1),
            round(100 - 100 * one.share, 1),
            round(1.5 + 4.5 * (one.items / most) ** 0.25, 1),
            one,
        )
        for one in bins
    ]


def _life(life: ModelLife) -> LifeView:
    return LifeView(
        life.champion, life.challenger, life.champion_sha, tuple(life.models), life.shadow_articles, tuple(life.shadow),
        tuple(life.changes), life.approved_labels, life.approved_since_training,
    )  # fmt: skip


def _row(
    signal: str,
    manifest: Mapping[str, Any],
    overrides: Mapping[str, float],
    found: Found,
    before: Found,
    bins: Mapping[str, ScoreBins],
    figures: ModelFigures | None,
) -> SignalRow:
    own = (manifest.get("thresholds") or {}).get(signal)
    return SignalRow(
        signal=signal,
        threshold=overrides.get(signal, own),
        own_threshold=own,
        found=found.signals.get(signal, 0),
        found_before=before.signals.get(signal, 0),
        scores=bins[signal],
        quality=figures.signals.get(signal) if figures else None,
    )
