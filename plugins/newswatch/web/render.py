"""How does a value become a page? Jinja2, everything escaped, nothing undefined."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse

from newswatch.domain import SIGNALS
from newswatch.web import words
from newswatch.web.access import Visitor
from newswatch.web.site import Site

TEMPLATES = Path(__file__).parent / "templates"
MENU = (
    ("Alerts", "/"), ("Search", "/search"), ("Pairs", "/pairs"), ("Feeds", "/feeds"), ("Review", "/review"),
    ("Tuning", "/tuning"), ("Model", "/model"),
)  # fmt: skip
STORY_STATES = ("claimed", "corroborated", "official", "denied", "false_alarm", "corrected", "quiet")


@cache
def environment() -> jinja2.Environment:
    """The templates, with every variable escaped as HTML wherever it stands."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(words.FILTERS)
    found.globals.update(
        pair_word=words.pair_word, ago=words.ago, clock=words.clock, day=words.day, all_signals=SIGNALS,
        menu=MENU, story_states=STORY_STATES,
    )  # fmt: skip
    return found


def render(
    request: Request, template: str, visitor: Visitor | None, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """The page of `template`. `root` is where the pages are mounted: every link of ours starts with it."""
    site: Site = request.app.state.site
    text = (
        environment()
        .get_template(template)
        .render(
            root=request.scope.get("root_path", ""),
            path=page_path(request),
            visitor=visitor,
            now=site.now,
            **values,
        )
    )
    return HTMLResponse(text, status)


def page_path(request: Request) -> str:
    """The path below where the pages are mounted, such as `/feeds`."""
    return str(request.scope["path"]).removeprefix(request.scope.get("root_path", "")) or "/"


def is_fragment(request: Request) -> bool:
    """Whether a script asks for a part of a page, and not a person for a whole one."""
    return request.headers.get("hx-request") == "true"


def at_address(part: HTMLResponse, request: Request, query: str) -> HTMLResponse:
    """The same part of a page; the script shows in the address bar what was asked for, so that it can be kept or sent."""
    path = request.scope.get("root_path", "") + page_path(request)
    part.headers["HX-Replace-Url"] = f"{path}?{query}" if query else path
    return part
