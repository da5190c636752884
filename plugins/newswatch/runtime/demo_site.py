"""What would the demo's publishers answer, if their week ended now?

A pure renderer of `seeds/demo/`: from a path to a response, with no socket and no clock of its own. Whoever serves it
compares validators, sleeps `delay_seconds` and passes the address it was called by as `base_url`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from typing import Any, TypeVar

import jinja2
import pydantic
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from newswatch.errors import RuntimeSetupError

DEFAULT_BASE_URL = "http://127.0.0.1"
RELATED_COUNT = 3  # links under an article
TOLD_TIME = timezone(timedelta(hours=9))  # weekdays and clock times inside the stories are Korea's
PLACEHOLDER = re.compile(r"\{\{\s*(today|weekday|clock)\s*(?:\(\s*([\d.]+)\s*\))?\s*\}\}")
ROBOTS = b"User-agent: *\nAllow: /\n"


class _Strict(pydantic.BaseModel):
    """A misspelt key in a seed file is an error, not a default."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")


Model = TypeVar("Model", bound=_Strict)


class Publisher(_Strict):
    """An invented publisher with its one feed; an entry of `publishers` in site.yaml."""

    id: str
    feed_id: str
    name: str
    feed_name: str
    slogan: str
    city: str
    country: str  # ISO 3166-1 alpha-3
    language: str
    tier: int
    urgent: bool = False
    family: str | None = None
    state_media: str | None = None
    utc_offset: int  # hours; the zone of its datelines
    sections: tuple[str, ...]
    feed_path: str
    feed_status: int = 200
    feed_content_type: str = "application/rss+xml"
    feed_encoding: str = "utf-8"
    article_path: str  # with {slug}, {section}, {number}
    tracking: str = ""  # what its feed appends to every link


class Behaviour(_Strict):
    """How the page of one article answers, where that is not simply 200 with the article."""

    status: int = 200
    template: str | None = None  # shown instead of the article
    content_type: str = "text/html; charset=utf-8"
    delay_seconds: float = 0.0


class Expected(_Strict):
    """What a careful reader finds in an article, by the codebook."""

    signals: tuple[str, ...] = ()
    modality: str
    source: str | None = None
    target: str | None = None
    story: str | None = None


class _FrontMatter(_Strict):
    title: str
    author: str
    publisher: str
    section: str
    hours: float
    lead: str
    reprint_of: str | None = None
    reprint_paragraphs: int = 99
    feed_date: str | None = None  # printed as it stands, instead of a date a program could read
    expected: Expected


class _Site(_Strict):
    week_hours: float
    publishers: tuple[Publisher, ...]
    behaviours: Mapping[str, Behaviour] = pydantic.Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """One article as its publisher would show it: placeholders filled, times real."""

    article_id: str
    publisher_id: str
    path: str
    title: str
    author: str
    section: str
    lead: str
    paragraphs: tuple[str, ...]
    published_at: datetime
    hours: float
    expected: Expected
    credit: str | None = None  # name of the publisher whose copy this reprints
    feed_date: str | None = None


@dataclass(frozen=True, slots=True)
class DemoResponse:
    """What the server should send, after `delay_seconds`. `headers` lack Content-Length and Date."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay_seconds: float = 0.0


class DemoSite:
    """All publishers of `folder`, in a week that ends at `now` (aware).

    `until_hours` stops the week early: what is published later is neither listed nor served.
    Raises RuntimeSetupError, naming the file, when a seed file cannot be used.
    """

    def __init__(self, folder: Path, now: datetime, *, until_hours: float | None = None) -> None:
        site = _read_site(folder / "site.yaml")
        self.week_starts_at = now.astimezone(UTC) - timedelta(hours=site.week_hours)
        self.publishers: Mapping[str, Publisher] = {publisher.id: publisher for publisher in site.publishers}
        self._shown_until = site.week_hours if until_hours is None else until_hours
        self._behaviours = site.behaviours
        self._articles = self._read_articles(folder / "articles")
        self._by_path = {article.path: article for article in self._articles}
        self._feeds_by_path = {publisher.feed_path: publisher for publisher in site.publishers}
        self._templates = _templates(folder / "templates")

    def articles(self) -> Sequence[DemoArticle]:
        """Every article shown, newest first."""
        return self._articles

    def paths(self) -> list[str]:
        """Every path with an answer of its own, the dead feed and the refused pages among them, in order."""
        return sorted(["/robots.txt", *self._feeds_by_path, *self._by_path])

    def feeds(self, base_url: str) -> list[dict[str, object]]:
        """The feeds, as config/feeds.yaml lists them. `{publisher}` in `base_url` becomes the publisher's id."""
        return [
            {
                "id": publisher.feed_id,
                "name": publisher.feed_name,
                "publisher": publisher.name,
                "url": base_url.replace("{publisher}", publisher.id).rstrip("/") + publisher.feed_path,
                "country": publisher.country,
                "language": publisher.language,
                "tier": publisher.tier,
                "urgent": publisher.urgent,
                "family": publisher.family,
                "state_media": publisher.state_media,
            }
            for publisher in self.publishers.values()
        ]

    def response(self, path: str, base_url: str = DEFAULT_BASE_URL) -> DemoResponse:
        """The answer to GET `path`; a query is ignored. Absolute links in it start with `base_url`."""
        bare = path.partition("?")[0]
        base_url = base_url.rstrip("/")
        if bare == "/robots.txt":
            return DemoResponse(200, {"Content-Type": "text/plain; charset=utf-8"}, ROBOTS)
        if publisher := self._feeds_by_path.get(bare):
            return self._feed_response(publisher, base_url)
        if article := self._by_path.get(bare):
            return self._article_response(article, base_url)
        return self._not_found(bare)

    def _feed_response(self, publisher: Publisher, base_url: str) -> DemoResponse:
        if publisher.feed_status != 200:
            return self._not_found(publisher.feed_path, status=publisher.feed_status)
        listed = [article for article in self._articles if article.publisher_id == publisher.id]
        built_at = listed[0].published_at if listed else self.week_starts_at
        text = self._templates.get_template(f"{publisher.id}.feed.xml").render(
            publisher=publisher, articles=listed, built_at=built_at, base_url=base_url
        )
        body = text.encode(publisher.feed_encoding, errors="xmlcharrefreplace")
        headers = {
            "Content-Type": f"{publisher.feed_content_type}; charset={publisher.feed_encoding}",
            "ETag": f'"{hashlib.sha256(body).hexdigest()[:20]}"',
            "Last-Modified": format_datetime(built_at, usegmt=True),
            "Cache-Control": "max-age=60",
        }
        return DemoResponse(200, headers, body)

    def _article_response(self, article: DemoArticle, base_url: str) -> DemoResponse:
        behaviour = self._behaviours.get(article.article_id, Behaviour())
        text = self._templates.get_template(behaviour.template or f"{article.publisher_id}.page.html").render(
            publisher=self.publishers[article.publisher_id],
            article=article,
            related=self._related(article),
            base_url=base_url,
            path=article.path,
        )
        headers = {
            "Content-Type": behaviour.content_type,
            "Last-Modified": format_datetime(article.published_at, usegmt=True),
        }
        return DemoResponse(behaviour.status, headers, text.encode(), behaviour.delay_seconds)

    def _not_found(self, path: str, status: int = 404) -> DemoResponse:
        text = self._templates.get_template("not_found.html").render(path=path)
        return DemoResponse(status, {"Content-Type": "text/html; charset=utf-8"}, text.encode())

    def _related(self, article: DemoArticle) -> list[DemoArticle]:
        others = [other for other in self._articles if other.publisher_id == article.publisher_id and other != article]
        return sorted(others, key=lambda other: abs(other.hours - article.hours))[:RELATED_COUNT]

    def _read_articles(self, folder: Path) -> list[DemoArticle]:
        seeds = {path.stem: _read_article(path) for path in sorted(folder.glob("*.md"))}
        if not seeds:
            raise RuntimeSetupError(f"{folder}: no articles (*.md) here. The demo needs all of seeds/demo.")
        shown = [
            self._article(article_id, seeds, folder)
            for article_id, (front, _) in seeds.items()
            if front.hours <= self._shown_until
        ]
        return sorted(shown, key=lambda article: article.hours, reverse=True)

    def _article(self, article_id: str, seeds: Mapping[str, tuple[_FrontMatter, str]], folder: Path) -> DemoArticle:
        front, body = seeds[article_id]
        publisher = self.publishers.get(front.publisher)
        if publisher is None:
            raise RuntimeSetupError(f"{folder / article_id}.md: no publisher '{front.publisher}' in site.yaml.")
        told_hours, credit = front.hours, None
        if front.reprint_of is not None:
            if front.reprint_of not in seeds:
                raise RuntimeSetupError(
                    f"{folder / article_id}.md: there is no article '{front.reprint_of}' to reprint."
                )
            original, body = seeds[front.reprint_of]
            told_hours, credit = original.hours, self.publishers[original.publisher].name
        slug = article_id.partition("-")[2]
        number = int(hashlib.sha256(article_id.encode()).hexdigest()[:6], 16)
        paragraphs = [" ".join(block.split()) for block in body.split("\n\n") if block.strip()]
        return DemoArticle(
            article_id=article_id,
            publisher_id=publisher.id,
            path=publisher.article_path.format(slug=slug, section=front.section, number=number),
            title=self._tell(front.title, told_hours),
            author=front.author,
            section=front.section,
            lead=self._tell(front.lead, told_hours),
            paragraphs=tuple(self._tell(text, told_hours) for text in paragraphs[: front.reprint_paragraphs]),
            published_at=self._at(front.hours),
            hours=front.hours,
            expected=front.expected,
            credit=credit,
            feed_date=front.feed_date and self._tell(front.feed_date, told_hours),
        )

    def _at(self, hours: float) -> datetime:
        return (self.week_starts_at + timedelta(hours=hours)).replace(microsecond=0)

    def _tell(self, text: str, hours: float) -> str:
        """`text` with {{ today }}, {{ weekday(h) }} and {{ clock(h) }} filled in; `hours` is when it was written."""

        def fill(found: re.Match[str]) -> str:
            told = self._at(float(found[2]) if found[2] else hours).astimezone(TOLD_TIME)
            return _clock(told) if found[1] == "clock" else f"{told:%A}"

        return PLACEHOLDER.sub(fill, text)


def _clock(at: datetime) -> str:
    return f"{at.hour % 12 or 12}:{at.minute:02d} {'a.m.' if at.hour < 12 else 'p.m.'}"


def _templates(folder: Path) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["rfc822"] = format_datetime
    environment.filters["iso"] = datetime.isoformat
    environment.filters["local"] = _local
    environment.filters["clock"] = _clock
    return environment


def _local(at: datetime, publisher: Publisher) -> datetime:
    return at.astimezone(timezone(timedelta(hours=publisher.utc_offset)))


def _read_site(path: Path) -> _Site:
    return _validated(_Site, _parse_yaml(_read_text(path), path), path)


def _read_article(path: Path) -> tuple[_FrontMatter, str]:
    parts = _read_text(path).split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        raise RuntimeSetupError(f"{path}: an article starts with front matter between two lines of '---'.")
    return _validated(_FrontMatter, _parse_yaml(parts[1], path), path), parts[2]


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise RuntimeSetupError(
            f"{path}: cannot be read ({error.strerror}). The demo needs all of seeds/demo."
        ) from error


def _parse_yaml(text: str, path: Path) -> Any:
    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise RuntimeSetupError(f"{path}: not valid YAML: {error}") from error


def _validated(model: type[Model], found: object, path: Path) -> Model:
    try:
        return model.model_validate(found)
    except pydantic.ValidationError as error:
        raise RuntimeSetupError(f"{path}: {error}") from error
