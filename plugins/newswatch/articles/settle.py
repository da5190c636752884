"""What is kept of an article once its page was tried?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from newswatch.domain import Downloaded, Entry, Extracted, TextSource

NO_LINK = "no_link"


@dataclass(frozen=True, slots=True)
class Settled:
    """The words of an article. `reason` says why the page's text is not among them; it is None when `text_source` is
    `page`.
    """

    title: str
    lead: str
    text: str
    text_source: TextSource
    reason: str | None
    published_at: datetime | None


def settle(entry: Entry, downloaded: Downloaded | None, extracted: Extracted | None) -> Settled:
    """The page's text, or the feed's own with the reason why: nothing that was in the feed is lost with the page.

    Title and date are the feed's where it has them: publishers keep pages' titles for search engines, and the feed's
    date is to the second.
    """
    reason = _why_not_the_page(entry, downloaded, extracted)
    text = extracted.text if extracted and reason is None else entry.text
    found = extracted or Extracted(None, "")
    return Settled(
        title=entry.title or found.title or "",
        lead=entry.summary,
        text=text,
        text_source="page" if reason is None else "feed",
        reason=reason,
        published_at=entry.published_at or found.published_at,
    )


def _why_not_the_page(entry: Entry, downloaded: Downloaded | None, extracted: Extracted | None) -> str | None:
    if not entry.link:
        return NO_LINK
    if downloaded is None:
        return "not_downloaded"
    if downloaded.reason:
        return downloaded.reason
    if extracted is None:
        return "not_extracted"
    return extracted.reason or (None if extracted.text else "empty")
