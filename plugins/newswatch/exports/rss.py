"""How do alerts look in a feed reader? RSS 2.0, one entry an alert; its guid is the alert's key, so nothing shows twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Any
from xml.etree import ElementTree as ET  # writes XML; nothing foreign is parsed

from newswatch.alerts.message import WORDS
from newswatch.alerts.plain import clean, web_link

ATOM = "http://www.w3.org/2005/Atom"
TTL_MINUTES = "5"  # as often as alerts are decided
NO_MARKUP = str.maketrans("<>", "‹›")  # readers disagree whether a title is text or HTML: these are neither
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


def alerts_feed(alerts: Iterable[Mapping[str, Any]], *, address: str, site: str, now: datetime) -> bytes:
    """The alerts, in the order given, as a feed that stands at `address`; `site` is where the pages are, without a slash."""
    ET.register_namespace("atom", ATOM)
    feed = ET.Element("rss", version="2.0")
    channel = ET.SubElement(feed, "channel")
    told = list(alerts)
    changed = max((alert["decided_at"] for alert in told), default=now)
    for name, text in (
        ("title", "Newswatch alerts"), ("link", f"{site}/"), ("description", "What the desk was told, and why."),
        ("language", "en"), ("lastBuildDate", _date(changed)), ("ttl", TTL_MINUTES),
    ):  # fmt: skip
        ET.SubElement(channel, name).text = text
    ET.SubElement(channel, f"{{{ATOM}}}link", href=address, rel="self", type="application/rss+xml")
    for alert in told:
        channel.append(_entry(alert, site))
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entry(alert: Mapping[str, Any], site: str) -> ET.Element:
    entry = ET.Element("item")
    pair = f"{alert['source'] or '?'}→{alert['target'] or '?'}" if alert["source"] or alert["target"] else ""
    title = " · ".join(part for part in (WORDS[alert["severity"]], pair, clean(alert["title"])) if part)
    lines = [
        f"{alert['reason']}: {clean(alert['explanation'])}.",
        *([f"“{clean(alert['evidence'])}”"] if alert["evidence"] else []),
        f"{alert['signal']}, {alert['modality']}, {alert['state']}; origins: {', '.join(alert['origins'])}.",
        *([f"Article: {alert['url']}"] if web_link(alert["url"]) else []),
    ]
    html = "<br>".join(escape(line) for line in lines)
    for name, text in (
        ("title", title.translate(NO_MARKUP)), ("link", f"{site}/stories/{alert['story_id']}"), ("description", html),
        ("pubDate", _date(alert["decided_at"])), *(("category", signal) for signal in alert["signals"]),
    ):  # fmt: skip
        ET.SubElement(entry, name).text = FORBIDDEN.sub("", text)
    ET.SubElement(entry, "guid", isPermaLink="false").text = alert["alert_key"]
    return entry


def _date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
