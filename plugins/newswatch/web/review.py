"""The Review page: the card of the day, which tells without bias how well the live stream is read, and labels to be approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from newswatch.domain import SIGNALS
from newswatch.errors import NewswatchError, StorageError
from newswatch.steps.labels import decide_on_labels, list_labels, report_missed, take_back_label
from newswatch.steps.review import answer_item, live_figures, todays_card
from newswatch.storage.pages.tuning import find_item_day, find_titles
from newswatch.storage.tuning.labels import LabelRow, Voter, find_labels, find_voters
from newswatch.storage.tuning.review import CardItem, find_card, find_days
from newswatch.tuning.card import LiveQuality
from newswatch.web.access import Operator, User, Viewer, Visitor
from newswatch.web.answers import back_to
from newswatch.web.asked import Asked, Blank
from newswatch.web.in_force import thresholds_in_force
from newswatch.web.render import is_fragment, render
from newswatch.web.site import Site, SiteDep

FIGURE_DAYS = 28
MOST_LABELS = 100
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
Standing = Literal["waiting", "approved", "rejected", "undone"]
router = APIRouter()


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _known(signals: tuple[str, ...]) -> tuple[str, ...]:
    if unknown := [signal for signal in signals if signal not in SIGNALS]:
        raise ValueError(f"unknown signal {unknown[0]!r}; known are {', '.join(SIGNALS)}")
    return signals


SignalName = Annotated[str, Field(json_schema_extra={"enum": list(SIGNALS)})]
SignalList = Annotated[
    tuple[SignalName, ...], BeforeValidator(_listed), AfterValidator(_known), Field(max_length=len(SIGNALS))
]


class CardAsked(Asked):
    """What the Review page is asked for."""

    day: Annotated[date | None, Blank] = Field(None, description="The card of this day, UTC; left out: of yesterday.")


class Seen(BaseModel):
    """What a person sees in an article."""

    model_config = ConfigDict(frozen=True)

    signals: SignalList = Field((), description="The signals it reports; none: ordinary news.")
    ordinary: bool = Field(default=False, description="Ordinary news, whatever `signals` says: the button of the page.")


class Missed(BaseModel):
    """As what an article should have been told."""

    model_config = ConfigDict(frozen=True)

    signals: SignalList = Field(min_length=1, description="The signals it reports.")


class LabelsAsked(Asked):
    """Which labels."""

    standing: Standing = Field("waiting", description="What became of them.")


class Decision(BaseModel):
    """What shall become of labels."""

    model_config = ConfigDict(frozen=True)

    ids: Annotated[tuple[Annotated[int, Field(ge=1, le=2**63 - 1)], ...], BeforeValidator(_listed)] = Field(
        min_length=1, max_length=500, description="Numbers of labels."
    )
    decision: Literal["approved", "rejected", "waiting"] = Field(description="waiting: a decision is taken back.")


@dataclass(frozen=True)
class CardDay:
    """A day with a card: its items, and those that somebody has answered."""

    day: date
    items: int
    answered: int


@dataclass(frozen=True)
class ReviewView:
    """The card of a day as this visitor sees it; what the model found stands there once they have answered.

    `figures` are over the approved answers of the last four weeks, each weighted by what it stands for.
    """

    day: date
    items: tuple[CardItem, ...]
    days: tuple[CardDay, ...]
    figures: LiveQuality


@dataclass(frozen=True)
class LabelsView:
    """Labels of one standing, the newest first, and everybody who has given any."""

    standing: str
    labels: tuple[LabelRow, ...]
    voters: tuple[Voter, ...]


def view(site: Site, visitor: Visitor, asked: CardAsked) -> ReviewView:
    """The card as it was drawn; no items while nobody has asked for it."""
    day = asked.day or yesterday(site)
    with site.db.read() as connection:
        items, days = find_card(connection, day, visitor.user_id), find_days(connection)
    return ReviewView(
        day,
        tuple(one if one.answer is not None else _blind(one) for one in items),
        tuple(CardDay(*one) for one in days),
        live_figures(site.db, days=FIGURE_DAYS, now=site.now),
    )


def _blind(item: CardItem) -> CardItem:
    """Without what the model found: who sees it agrees with it."""
    return CardItem(
        item.item_id, item.day, item.article_id, item.title, item.lead, item.url, "", (), told=False, answer=None,
        label_id=None,
    )  # fmt: skip


def yesterday(site: Site) -> date:
    """The last whole day, UTC."""
    return (site.now.astimezone(UTC) - timedelta(days=1)).date()


def prepare(site: Site, visitor: Visitor) -> ReviewView:
    """Draw yesterday's card if nobody has, and take up new votes under alerts; twice is the same as once."""
    todays_card(site.db, user_id=visitor.user_id, thresholds=thresholds_in_force(site), now=site.now)
    list_labels(site.db, limit=1)
    return view(site, visitor, CardAsked())


def answer(site: Site, visitor: Visitor, item_id: int, seen: Seen) -> CardItem:
    """Keep what this visitor sees in an item's article; a second answer replaces the first."""
    signals = () if seen.ordinary else seen.signals
    try:
        answer_item(site.db, item_id, user_id=visitor.user_id, signals=signals, now=site.now)
    except StorageError:
        raise
    except NewswatchError as error:
        raise HTTPException(404, str(error)) from None
    return _item(site, visitor, item_id)


def _item(site: Site, visitor: Visitor, item_id: int) -> CardItem:
    with site.db.read() as connection:
        day = find_item_day(connection, item_id)
        found = find_card(connection, day, visitor.user_id) if day else []
    return next(one for one in found if one.item_id == item_id)


def take_back(site: Site, visitor: Visitor, label_id: int) -> None:
    """Undo an answer of one's own. Raises HTTPException 404 when it is not there, or another's."""
    if not take_back_label(site.db, label_id, user_id=visitor.user_id, now=site.now):
        raise HTTPException(404, f"There is no label {label_id} of yours. Nothing was changed.")


def missed(site: Site, visitor: Visitor, article_id: int, said: Missed) -> int:
    """Keep that an article should have been told; returns the label's number. Raises HTTPException 404 for an unknown one."""
    with site.db.read() as connection:
        if not find_titles(connection, [article_id]):
            raise HTTPException(404, f"There is no article {article_id}. Nothing was kept.")
    return report_missed(site.db, article_id, user_id=visitor.user_id, signals=said.signals, now=site.now)


def decide(site: Site, visitor: Visitor, said: Decision) -> int:
    """Approve or reject labels, or take that back; returns how many changed."""
    decision = None if said.decision == "waiting" else said.decision
    return decide_on_labels(site.db, said.ids, decision, who=visitor.user_id, now=site.now)


def labels(site: Site, asked: LabelsAsked) -> LabelsView:
    """Labels of one standing."""
    with site.db.read() as connection:
        return LabelsView(
            asked.standing,
            tuple(find_labels(connection, asked.standing, limit=MOST_LABELS)),
            tuple(find_voters(connection)),
        )


@router.get("/review", response_class=HTMLResponse, include_in_schema=False)
def review_page(request: Request, asked: Annotated[CardAsked, Query()], visitor: Viewer, site: SiteDep) -> HTMLResponse:
    """The card; a script asks for it to be drawn when nobody has."""
    return render(
        request, "review.html", visitor, asked=asked, view=view(site, visitor, asked), prepared=asked.day is not None
    )


@router.post("/review/prepare", include_in_schema=False)
def prepare_from_page(request: Request, visitor: User, site: SiteDep) -> Response:
    """From the page: draw the card."""
    found = prepare(site, visitor)
    if is_fragment(request):
        return render(request, "review_card.html", visitor, asked=CardAsked(), view=found, prepared=True)
    return back_to(request, "/review")


@router.post("/review/items/{item_id}", include_in_schema=False)
def answer_from_page(
    request: Request, item_id: Id, visitor: User, site: SiteDep, seen: Annotated[Seen, Form()]
) -> Response:
    """From the page: what I see in it."""
    item = answer(site, visitor, item_id, seen)
    if is_fragment(request):
        return render(request, "review_item.html", visitor, item=item)
    return back_to(request, f"/review?day={item.day}#item-{item_id}")


@router.get("/labels", response_class=HTMLResponse, include_in_schema=False)
def labels_page(
    request: Request, asked: Annotated[LabelsAsked, Query()], visitor: Viewer, site: SiteDep
) -> HTMLResponse:
    """What people said, to be approved or rejected."""
    return render(request, "labels.html", visitor, asked=asked, view=labels(site, asked))


@router.post("/labels/{label_id}/undo", include_in_schema=False)
def undo_from_page(request: Request, label_id: Id, visitor: User, site: SiteDep) -> Response:
    """From the page: I take that back."""
    take_back(site, visitor, label_id)
    return back_to(request, "/review")


@router.post("/labels/decide", include_in_schema=False)
def decide_from_page(request: Request, visitor: Operator, site: SiteDep, said: Annotated[Decision, Form()]) -> Response:
    """From the page: these are right, or these are not."""
    decide(site, visitor, said)
    return back_to(request, "/labels")


@router.post("/articles/{article_id}/missed", include_in_schema=False)
def missed_from_page(
    request: Request, article_id: Id, visitor: User, site: SiteDep, said: Annotated[Missed, Form()]
) -> Response:
    """From the search: this should have been told."""
    missed(site, visitor, article_id, said)
    if is_fragment(request):
        return render(request, "missed.html", visitor, signals=said.signals)
    return back_to(request, "/labels")


@router.get("/api/review", tags=["review"])
def review_json(asked: Annotated[CardAsked, Query()], visitor: Viewer, site: SiteDep) -> ReviewView:
    """The review card of a day as this visitor sees it, and what the approved answers say of the live stream."""
    return view(site, visitor, asked)


@router.post("/api/review/prepare", tags=["review"])
def prepare_json(visitor: User, site: SiteDep) -> ReviewView:
    """Draw yesterday's card if nobody has, and take up new votes under alerts."""
    return prepare(site, visitor)


@router.post("/api/review/items/{item_id}", tags=["review"])
def answer_json(item_id: Id, seen: Seen, visitor: User, site: SiteDep) -> CardItem:
    """Say what an item's article reports; a second answer of the same person replaces the first."""
    return answer(site, visitor, item_id, seen)


@router.get("/api/labels", tags=["review"])
def labels_json(asked: Annotated[LabelsAsked, Query()], visitor: Viewer, site: SiteDep) -> LabelsView:
    """What people said of articles, and what became of it."""
    return labels(site, asked)


@router.post("/api/labels/{label_id}/undo", tags=["review"])
def undo_json(label_id: Id, visitor: User, site: SiteDep) -> dict[str, int]:
    """Take back a label of one's own."""
    take_back(site, visitor, label_id)
    return {"taken_back": label_id}


@router.post("/api/labels/decide", tags=["review"])
def decide_json(said: Decision, visitor: Operator, site: SiteDep) -> dict[str, int]:
    """Approve or reject labels, or take a decision back; only approved ones are ever learnt from."""
    return {"changed": decide(site, visitor, said)}


@router.post("/api/articles/{article_id}/missed", status_code=201, tags=["review"])
def missed_json(article_id: Id, said: Missed, visitor: User, site: SiteDep) -> dict[str, int]:
    """Say that an article should have been told, and as what."""
    return {"label_id": missed(site, visitor, article_id, said)}
