"""What do the publishers serve for these articles? Many pages at once, each host in its turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from newswatch.articles.robots import Robots
from newswatch.articles.settings import ArticleSettings
from newswatch.domain import Downloaded
from newswatch.network.client import Answer, Client
from newswatch.network.turns import OWN_CONNECTIONS, Pace, in_turns

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
_PAGES = ("text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain", "")
_NOT_PAGES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"\x00\x00\x00")


SILENT_HOST = "host_silent"
_SILENCE = ("timeout", "unreachable", "name_unavailable")
SILENCES = 2  # pages in a row for which a host has no answer; one may be an accident


class Patience:
    """How often each host has kept silent in this run. One that always does would cost a deadline for every page."""

    def __init__(self) -> None:
        self._silences: dict[str, int] = {}

    def note(self, host: str, reason: str | None) -> None:
        """A page of `host` was asked for, and `reason` says why it did not come."""
        self._silences[host] = self._silences.get(host, 0) + 1 if reason in _SILENCE else 0

    def is_over(self, host: str) -> bool:
        """Whether `host` is not to be asked again in this run; its articles are known by the feed's text."""
        return self._silences.get(host, 0) >= SILENCES


def download_many(
    wanted: Sequence[tuple[int, str]], *, client: Client, settings: ArticleSettings, seconds: float | None = None
) -> Iterator[tuple[int, Downloaded]]:
    """(article id, what came) for the (article id, address) pairs in `wanted`, as they finish.

    With `seconds`, pages not begun by then are not yielded: they wait for another run, because their hosts want to be
    asked slowly. Within a host the order of `wanted` is kept.
    """
    robots, patience = Robots(client), Patience()

    def pace(host: str) -> Pace:
        if not host or client.is_ours(host) or patience.is_over(host):
            return Pace(0.0, OWN_CONNECTIONS)
        delay = min(robots.crawl_delay(host), settings.longest_crawl_delay_seconds)
        return Pace(max(settings.host_pause_seconds, delay))

    def work(job: tuple[int, str]) -> tuple[int, Downloaded]:
        article_id, url = job
        if patience.is_over(_host(url)):
            return article_id, Downloaded(url, reason=SILENT_HOST)
        downloaded = download(url, client=client, robots=robots, settings=settings)
        patience.note(_host(url), downloaded.reason)
        return article_id, downloaded

    jobs = [(_host(url), (article_id, url)) for article_id, url in wanted]
    return in_turns(jobs, work, pace=pace, threads=settings.threads, seconds=seconds)


def download(url: str, *, client: Client, robots: Robots, settings: ArticleSettings) -> Downloaded:
    """One page: its body, or the reason there is none. Nothing a server does raises."""
    if objection := robots.objection(url):
        return Downloaded(url, reason=objection)
    answer = client.get(url, max_bytes=settings.max_bytes, headers={"Accept": ACCEPT})
    reason = why_no_page(answer)
    return Downloaded(
        url,
        body=b"" if reason else answer.body,
        final_url=answer.url,
        content_type=answer.headers.get("content-type"),
        reason=reason,
        http_status=answer.status,
    )


def why_no_page(answer: Answer) -> str | None:
    """One word why `answer` holds no page to read ("http_403", "timeout", "not_html", "empty"); None when it holds
    one.
    """
    if answer.failure:
        return answer.failure.kind
    if answer.status != 200:
        return f"http_{answer.status}"
    if not answer.body.strip():
        return "empty"
    kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    return "not_html" if kind not in _PAGES or answer.body.startswith(_NOT_PAGES) else None


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
