"""What does a person say to an alert? Acknowledged, or wrong and how; both can be taken back."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from newswatch.alerts.interactions import Click
from newswatch.domain import SIGNALS
from newswatch.steps.reactions import react
from newswatch.storage.alerts import undo_feedback
from newswatch.storage.pages.inbox import InboxRow, find_row
from newswatch.web.access import User, Visitor
from newswatch.web.asked import AlertKey
from newswatch.web.render import is_fragment, render
from newswatch.web.site import Site, SiteDep

Verdict = Literal["wrong_signal", "known_already", "not_for_us", "not_news"]
router = APIRouter()


class Wrong(BaseModel):
    """Why an alert should not have come."""

    model_config = ConfigDict(frozen=True)

    verdict: Verdict = Field(description="What is wrong with it.")
    signal: str | None = Field(None, description="With wrong_signal: which it is instead; `none` for no signal at all.")

    @model_validator(mode="after")
    def _signal_is_known(self) -> Wrong:
        if self.signal and self.signal not in (*SIGNALS, "none"):
            raise ValueError(f"unknown signal; known are {', '.join(SIGNALS)}, none")
        return self


def acknowledged(site: Site, visitor: Visitor, alert_key: str) -> InboxRow:
    """The row after this visitor took the alert on."""
    return _given(site, Click("acknowledge", "", alert_key, visitor.user_id, visitor.name, ""))


def called_wrong(site: Site, visitor: Visitor, alert_key: str, said: Wrong) -> InboxRow:
    """The row after this visitor said what is wrong with the alert."""
    signal = (said.signal or "none") if said.verdict == "wrong_signal" else None
    return _given(site, Click("wrong", said.verdict, alert_key, visitor.user_id, visitor.name, "", signal))


def _given(site: Site, click: Click) -> InboxRow:
    """Keep an answer as if it had been clicked in Slack, whose thread tells of it; twice is the same as once."""
    _row(site, click.alert_key)
    react(site.db, click, now=site.now)
    return _row(site, click.alert_key)


def take_back(site: Site, visitor: Visitor, alert_key: str) -> InboxRow:
    """Undo what this visitor said of an alert."""
    _row(site, alert_key)
    with site.db.begin() as connection:
        undo_feedback(connection, alert_key, visitor.user_id, site.now)
    return _row(site, alert_key)


def _row(site: Site, alert_key: str) -> InboxRow:
    with site.db.read() as connection:
        row = find_row(connection, alert_key)
    if row is None:
        raise HTTPException(
            404, "There is no such alert. It may have been deleted with its story; nothing was changed."
        )
    return row


@router.post("/alerts/{alert_key}/acknowledge", include_in_schema=False)
def acknowledge(request: Request, alert_key: AlertKey, visitor: User, site: SiteDep) -> Response:
    """From the page: I have this one."""
    return _shown(request, visitor, acknowledged(site, visitor, alert_key))


@router.post("/alerts/{alert_key}/wrong", include_in_schema=False)
def wrong(
    request: Request, alert_key: AlertKey, visitor: User, site: SiteDep, said: Annotated[Wrong, Form()]
) -> Response:
    """From the page: this should not have come."""
    return _shown(request, visitor, called_wrong(site, visitor, alert_key, said))


@router.post("/alerts/{alert_key}/undo", include_in_schema=False)
def undo(request: Request, alert_key: AlertKey, visitor: User, site: SiteDep) -> Response:
    """From the page: I take back what I said."""
    return _shown(request, visitor, take_back(site, visitor, alert_key))


@router.post("/api/alerts/{alert_key}/acknowledge", tags=["alerts"])
def acknowledge_json(alert_key: AlertKey, visitor: User, site: SiteDep) -> InboxRow:
    """Take an alert on. Twice is the same as once."""
    return acknowledged(site, visitor, alert_key)


@router.post("/api/alerts/{alert_key}/wrong", tags=["alerts"])
def wrong_json(alert_key: AlertKey, said: Wrong, visitor: User, site: SiteDep) -> InboxRow:
    """Say that an alert should not have come, and why. A second verdict of the same person replaces the first."""
    return called_wrong(site, visitor, alert_key, said)


@router.post("/api/alerts/{alert_key}/undo", tags=["alerts"])
def undo_json(alert_key: AlertKey, visitor: User, site: SiteDep) -> InboxRow:
    """Take back everything that this person said of an alert."""
    return take_back(site, visitor, alert_key)


def _shown(request: Request, visitor: Visitor, row: InboxRow) -> Response:
    """The answer bar of the alert, for the script; without one, the page again."""
    if is_fragment(request):
        return render(request, "answer_bar.html", visitor, row=row)
    return back_to(request, f"/stories/{row.story_id}")


def back_to(request: Request, path: str) -> Response:
    """The page where the visitor sees what came of it."""
    return RedirectResponse(request.scope.get("root_path", "") + path, 303)
