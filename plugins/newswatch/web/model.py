"""The Model page: the card of the model in use, its thresholds, and what it found lately."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from newswatch.domain import SIGNALS
from newswatch.storage.pages.model import Found, count_signals, latest_model
from newswatch.web.access import Viewer
from newswatch.web.in_force import classifier_in_force
from newswatch.web.render import render
from newswatch.web.site import Site, SiteDep

CARD, MANIFEST = "MODEL_CARD.md", "manifest.json"
LARGEST_CARD = 500_000  # bytes; a card is a few pages
DAYS = 7
router = APIRouter()


@dataclass(frozen=True)
class SignalRow:
    """A signal with the threshold in force, the model's own, and the articles that carried it in the last 7 and 14..7 days."""

    signal: str
    threshold: float | None
    own_threshold: float | None
    found: int
    found_before: int


@dataclass(frozen=True)
class ModelView:
    """The model in the folder, what it found, and its card (Markdown). `in_use`: the latest findings are this model's."""

    model_sha: str
    in_use: bool
    used_sha: str | None
    signals: tuple[SignalRow, ...]
    read: int
    read_before: int
    card: str


def view(site: Site) -> ModelView:
    """The model as it stands. Raises HTTPException 404 when there is none."""
    manifest, model_sha = read_manifest(site.model_folder)
    card = _read(site.model_folder / CARD)
    if manifest is None or card is None:
        raise HTTPException(
            404, "There is no trained model here, so nothing can be classified. Train one: newswatch train."
        )
    overrides = classifier_in_force(site).signals.thresholds
    with site.db.read() as connection:
        week = timedelta(days=DAYS)
        found = count_signals(connection, since=site.now - week, until=site.now)
        before = count_signals(connection, since=site.now - 2 * week, until=site.now - week)
        used = latest_model(connection)
    rows = tuple(_row(signal, manifest.get("thresholds") or {}, overrides, found, before) for signal in SIGNALS)
    return ModelView(model_sha, used in (None, model_sha), used, rows, found.articles, before.articles, card)


def read_manifest(folder: Path) -> tuple[dict[str, Any] | None, str]:
    """The manifest of the model in `folder` and the model's sha256, which is the manifest's; None without a readable one."""
    text = _read(folder / MANIFEST)
    if text is None:
        return None, ""
    try:
        manifest = json.loads(text)
    except ValueError:
        return None, ""
    return (manifest, hashlib.sha256(text.encode()).hexdigest()) if isinstance(manifest, dict) else (None, "")


def card_html(card: str) -> Markup:
    """The card as HTML. Markdown alone is rendered; HTML in it stays text, and links lead nowhere but to the web."""
    from markdown_it import MarkdownIt

    return Markup(MarkdownIt("commonmark", {"html": False}).enable("table").render(card))  # noqa: S704 - escaped by markdown-it


@router.get("/model", response_class=HTMLResponse, include_in_schema=False)
def model_page(request: Request, visitor: Viewer, site: SiteDep) -> HTMLResponse:
    """The card, below what the model found lately."""
    found = view(site)
    return render(request, "model.html", visitor, view=found, card=card_html(found.card))


@router.get("/api/model", tags=["model"])
def model_json(visitor: Viewer, site: SiteDep) -> ModelView:
    """The model in use: its card, its thresholds, and what it found lately."""
    return view(site)


def _row(
    signal: str, own: Mapping[str, float], overrides: Mapping[str, float], found: Found, before: Found
) -> SignalRow:
    return SignalRow(
        signal,
        overrides.get(signal, own.get(signal)),
        own.get(signal),
        found.signals.get(signal, 0),
        before.signals.get(signal, 0),
    )


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes()[:LARGEST_CARD].decode("utf-8", "replace")
    except OSError:
        return None
