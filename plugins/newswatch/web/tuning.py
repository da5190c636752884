"""The Tuning page: what would other thresholds find and tell, how well, and who changed them when? Nothing goes live blind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from newswatch.domain import SIGNALS
from newswatch.errors import ConfigError
from newswatch.steps.config_life import config_difference, rollback_config, save_config
from newswatch.steps.desk import active_settings
from newswatch.storage.pages.tuning import ArticleTitle, ToldStory, find_titles, find_told
from newswatch.storage.tuning.changes import Change, find_changes
from newswatch.tuning.difference import Difference
from newswatch.web.access import Operator, Viewer, Visitor
from newswatch.web.answers import back_to
from newswatch.web.asked import Blank, TuningAsked, Visible, address
from newswatch.web.in_force import champion_folder, config_files, own_thresholds, thresholds_in_force
from newswatch.web.label_curves import LabelCurve, label_curves
from newswatch.web.model_figures import ModelFigures, SignalQuality, read_figures
from newswatch.web.precision_recall import PrChart, pr_chart
from newswatch.web.render import at_address, is_fragment, render
from newswatch.web.score_history import score_history
from newswatch.web.site import Site, SiteDep
from newswatch.web.threshold_effect import DayEffect, Effect, effect_of

EXAMPLES = 8
HISTORY = 20
TuningQuery = Annotated[TuningAsked, Query()]
Why = Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S"), Visible]
Revision = Annotated[str, Field(pattern=r"^[0-9a-f]{4,64}$")]
Found = TypeVar("Found")
router = APIRouter()


class Save(TuningAsked):
    """Thresholds to put in force."""

    expected: Revision = Field(description="The revision they were made from; another in force by now refuses them.")
    why: Why = Field(description="The reason, for the audit.")


class Rollback(BaseModel):
    """An earlier revision to put in force again."""

    model_config = ConfigDict(frozen=True)

    to: Annotated[Revision | None, Blank] = Field(None, description="Which; left out: the one before the present.")
    expected: Revision = Field(description="The revision in force; another by now refuses.")
    why: Why = Field(description="The reason, for the audit.")


class DiffAsked(BaseModel):
    """Two revisions by the beginnings of their names."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    old: Revision
    new: Revision


@dataclass(frozen=True)
class SignalTuning:
    """One signal: the threshold in force, where it comes from, the one asked about, and what each finds.

    `above[i]` articles have a score of at least i/100. `quality` is the model's own, cross-validated; `labels` the desk's.
    """

    signal: str
    in_force: float
    own: float | None
    asked: float
    found_now: int
    found: int
    above: tuple[int, ...]
    quality: SignalQuality | None
    labels: LabelCurve | None


@dataclass(frozen=True)
class GainedExample:
    """An article that would be found anew."""

    article: ArticleTitle
    signal: str
    score: float


@dataclass(frozen=True)
class TuningView:
    """Everything on the page. Alerts are stories told for the first time; those gained are estimated, a replay tells exactly.

    `counted_days` are the days since the first of them that has any article: what is told a day is told of these.
    """

    revision: str
    trouble: str | None
    days: int
    counted_days: int
    articles: int
    by_day: tuple[DayEffect, ...]
    signals: tuple[SignalTuning, ...]
    changed: tuple[Difference, ...]
    alerts_a_day_now: float
    alerts_a_day: float
    told: int
    lost: tuple[ToldStory, ...]
    gained: int
    gained_examples: tuple[GainedExample, ...]
    history: tuple[Change, ...]


def view(site: Site, asked: TuningAsked) -> TuningView:
    """The page. Raises HTTPException 404 without a model, ConfigError without any usable configuration."""
    state, now, own = config_files(site), thresholds_in_force(site), own_thresholds(site)
    wanted = now | asked.thresholds
    history = score_history(site.db, days=asked.days, now=site.now)
    with site.db.read() as connection:
        told = find_told(connection, since=site.now - timedelta(days=asked.days))
        effect = effect_of(history, now, wanted, told)
        titles = find_titles(connection, [one.article_id for one in effect.gained[:EXAMPLES]])
        changes = find_changes(connection, "config", limit=HISTORY)
        figures = read_figures(champion_folder(site, connection))
    return TuningView(
        revision=state.revision, trouble=state.trouble, days=asked.days,
        counted_days=effect.counted_days, articles=effect.articles, by_day=effect.days,
        signals=_signals(effect, now, own, wanted, figures, label_curves(site.db)), changed=changed(now, wanted),
        alerts_a_day_now=effect.alerts_a_day_now, alerts_a_day=effect.alerts_a_day, told=len(told), lost=effect.lost,
        gained=len(effect.gained), gained_examples=_examples(effect, titles), history=tuple(changes),
    )  # fmt: skip


def changed(now: Mapping[str, float], wanted: Mapping[str, float]) -> tuple[Difference, ...]:
    """What a save would change of config/classifier.yaml."""
    return tuple(
        Difference(f"classifier.signals.thresholds.{signal}", f"{now[signal]:g}", f"{wanted[signal]:g}")
        for signal in SIGNALS
        if signal in now and wanted[signal] != now[signal]
    )


def save(site: Site, visitor: Visitor, said: Save) -> str:
    """Put thresholds in force; returns the revision. A threshold equal to the model's own leaves the file."""
    active_settings(site.db, site.config_folder, site.now)  # edits by hand since the last run get an entry first
    own, overrides = own_thresholds(site), config_files(site).settings.signals.thresholds
    part: dict[str, float | None] = {}
    for signal, threshold in said.thresholds.items():
        if own.get(signal) != threshold:
            part[signal] = threshold
        elif signal in overrides:
            part[signal] = None
    patch: Any = {"classifier": {"signals": {"thresholds": part}}}
    return _kept(
        lambda: save_config(
            site.db,
            site.config_folder,
            expected=said.expected,
            who=visitor.user_id,
            why=said.why,
            now=site.now,
            patch=patch,
        )
    )


def roll_back(site: Site, visitor: Visitor, said: Rollback) -> str:
    """Put an earlier revision in force again; returns it."""
    return _kept(
        lambda: rollback_config(
            site.db,
            site.config_folder,
            to=said.to,
            expected=said.expected,
            who=visitor.user_id,
            why=said.why,
            now=site.now,
        )
    )


def difference(site: Site, asked: DiffAsked) -> tuple[Difference, ...]:
    """What differs between two revisions."""
    return _kept(lambda: config_difference(site.db, asked.old, asked.new))


@router.get("/tuning", response_class=HTMLResponse, include_in_schema=False)
def tuning_page(request: Request, asked: TuningQuery, visitor: Viewer, site: SiteDep) -> HTMLResponse:
    """The page, or the effect alone for the script that follows the sliders."""
    found = view(site, asked)
    asked = asked.model_copy(update={one.signal: None for one in found.signals if one.asked == one.in_force})
    shown: dict[str, Any] = {
        "asked": asked,
        "view": found,
        "query": lambda **changes: urlencode(address(asked, **changes)),
        "chart": chart,
    }
    if is_fragment(request):
        return at_address(render(request, "tuning_effect.html", visitor, **shown), request, shown["query"]())
    return render(request, "tuning.html", visitor, **shown)


@router.get("/tuning/diff", response_class=HTMLResponse, include_in_schema=False)
def diff_page(request: Request, asked: Annotated[DiffAsked, Query()], visitor: Viewer, site: SiteDep) -> HTMLResponse:
    """Two revisions side by side."""
    return render(request, "config_diff.html", visitor, asked=asked, lines=difference(site, asked))


@router.post("/tuning/save", include_in_schema=False)
def save_from_page(request: Request, visitor: Operator, site: SiteDep, said: Annotated[Save, Form()]) -> Response:
    """From the page: put these thresholds in force."""
    save(site, visitor, said)
    return back_to(request, "/tuning#history")


@router.post("/tuning/rollback", include_in_schema=False)
def roll_back_from_page(
    request: Request, visitor: Operator, site: SiteDep, said: Annotated[Rollback, Form()]
) -> Response:
    """From the page: as it was before."""
    roll_back(site, visitor, said)
    return back_to(request, "/tuning#history")


@router.get("/api/tuning", tags=["tuning"])
def tuning_json(asked: TuningQuery, visitor: Viewer, site: SiteDep) -> TuningView:
    """What the thresholds asked about would find and tell, beside those in force."""
    return view(site, asked)


@router.get("/api/tuning/diff", tags=["tuning"])
def diff_json(asked: Annotated[DiffAsked, Query()], visitor: Viewer, site: SiteDep) -> list[Difference]:
    """Every value that differs between two revisions of the configuration."""
    return list(difference(site, asked))


@router.post("/api/tuning/save", tags=["tuning"])
def save_json(said: Save, visitor: Operator, site: SiteDep) -> dict[str, str]:
    """Put thresholds in force as a new revision, with an entry in the audit; the next run uses them."""
    return {"revision": save(site, visitor, said)}


@router.post("/api/tuning/rollback", tags=["tuning"])
def roll_back_json(said: Rollback, visitor: Operator, site: SiteDep) -> dict[str, str]:
    """Put an earlier revision in force again, with an entry in the audit; the next run uses it."""
    return {"revision": roll_back(site, visitor, said)}


def chart(one: SignalTuning) -> PrChart:
    """The precision-recall chart of a signal."""
    return pr_chart(one.quality.curve if one.quality else (), one.labels, in_force=one.in_force, asked=one.asked)


def _kept(change: Callable[[], Found]) -> Found:
    """The outcome; what is wrong with the change itself is the asker's to mend."""
    try:
        return change()
    except ConfigError as error:
        raise HTTPException(422, str(error)) from None


def _signals(
    effect: Effect,
    now: Mapping[str, float],
    own: Mapping[str, float],
    wanted: Mapping[str, float],
    figures: ModelFigures | None,
    labels: Mapping[str, LabelCurve],
) -> tuple[SignalTuning, ...]:
    return tuple(
        SignalTuning(
            signal=one.signal, in_force=now[one.signal], own=own.get(one.signal), asked=wanted[one.signal],
            found_now=one.found_now, found=one.found, above=one.above,
            quality=figures.signals.get(one.signal) if figures else None, labels=labels.get(one.signal),
        )
        for one in effect.signals
        if one.signal in now
    )  # fmt: skip


def _examples(effect: Effect, titles: Mapping[int, ArticleTitle]) -> tuple[GainedExample, ...]:
    return tuple(
        GainedExample(titles[one.article_id], one.signal, one.score)
        for one in effect.gained[:EXAMPLES]
        if one.article_id in titles
    )
