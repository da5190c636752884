"""A desk for whole runs without Airflow: publishers on the loopback, a configuration of their own, Slack in its own process."""

from __future__ import annotations

import html
import os
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from local_web import LocalWeb
from newswatch.runtime.demo import write_config
from newswatch.storage.session import Database

TOKEN = "xoxb-canary-0123456789"
CHANNEL = "C1"
WORDS = (
    "officials residents harbour weather market season council parade bridge museum teachers orchard railway painters "
    "village concert library holiday visitors gardens carpenter bakery students festival summer evening morning ferry"
)


def prose(seed: str, sentences: int = 12) -> str:
    """Harmless sentences, the same for the same seed and unlike those of any other."""
    chance = random.Random(seed)
    said = (" ".join(chance.choices(WORDS.split(), k=11)) for _ in range(sentences))
    return " ".join(f"The {words}." for words in said)


@dataclass(frozen=True)
class Item:
    """One article of a publisher."""

    title: str
    path: str
    at: datetime
    lead: str = ""
    text: str | None = None  # of the page; None: harmless prose of its own


@dataclass
class Publisher:
    """A feed with its articles, and their pages."""

    feed_id: str
    items: list[Item] = field(default_factory=list)

    def listed(self, web: LocalWeb) -> dict[str, object]:
        """The publisher as config/feeds.yaml names it."""
        name = self.feed_id.title()
        return {"id": self.feed_id, "name": name, "publisher": name, "url": web.url(f"/{self.feed_id}/rss"), "tier": 1}

    def serve(self, web: LocalWeb) -> None:
        """Put the feed and every page on `web`."""
        entries = "".join(self._entry(web, item) for item in self.items)
        feed = f'<rss version="2.0"><channel><title>{self.feed_id}</title>{entries}</channel></rss>'
        web.page(f"/{self.feed_id}/rss", feed, Content_Type="application/rss+xml")
        for item in self.items:
            title = html.escape(item.title)
            text = prose(self.feed_id + item.path) if item.text is None else item.text
            head, body = f"<title>{title}</title>", f"<article><h1>{title}</h1><p>{text}</p></article>"
            page = f"<html><head>{head}</head><body>{body}</body></html>"
            web.page(f"/{self.feed_id}/{item.path}", page, Content_Type="text/html; charset=utf-8")

    def _entry(self, web: LocalWeb, item: Item) -> str:
        return (
            f"<item><title>{html.escape(item.title)}</title><link>{web.url(f'/{self.feed_id}/{item.path}')}</link>"
            f"<description>{html.escape(item.lead)}</description><pubDate>{format_datetime(item.at)}</pubDate></item>"
        )


def write_desk(folder: Path, feeds: list[dict[str, object]], **newswatch: dict[str, Any]) -> Path:
    """A configuration of these feeds that tells one Slack channel everything; `newswatch` changes newswatch.yaml."""
    write_config(folder, feeds)
    change(folder / "alerts.yaml", {
        "receivers": [{"name": "desk", "kind": "slack", "channel": CHANNEL}],
        "route": {"receiver": "desk", "min_severity": 2, "group_by": ["story"], "group_wait": "0s", "group_interval": "5m"},
        "inhibit_rules": [],
        "slack": {"seconds_per_message": 0, "timeout_seconds": 2},
        "outbox": {"lease": "120s", "retry_first": "0s", "retry_last": "5s"},
        "operators": {"heartbeat": "off"}, "digest": {"receivers": []},
    })  # fmt: skip
    change(folder / "newswatch.yaml", {"articles": {"children": 1}} | newswatch)
    return folder


def change(path: Path, sections: dict[str, Any]) -> None:
    """Set keys of a YAML file; a section that is a mapping keeps its other keys where it has some, for newswatch.yaml alone."""
    yaml = YAML()
    tree = yaml.load(path.read_text(encoding="utf-8")) or {}
    for name, value in sections.items():
        if path.name == "newswatch.yaml" and isinstance(tree.get(name), dict):
            tree[name].update(value)
        else:
            tree[name] = value
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(tree, file)


def desk_env(db: Database, config: Path, slack_url: str, now: datetime, run_id: str = "run") -> dict[str, str]:
    """What a task process reads from its environment."""
    return {
        "NEWSWATCH_DATABASE_URL": db.url.render_as_string(hide_password=False),
        "NEWSWATCH_CONFIG": str(config),
        "NEWSWATCH_NOW": now.isoformat(),
        "SLACK_URL": slack_url,
        "SLACK_TOKEN": TOKEN,
        "RUN_ID": run_id,
    }


def one_run(run_id: str) -> None:
    """The steps of the DAG, in its order, in this process."""
    from newswatch import steps

    for shard in steps.list_due_feeds().shards or ():
        steps.fetch_feeds(list(shard), run_id=run_id)
    steps.read_articles(0)
    steps.classify_articles(0)
    steps.group_stories()
    steps.send_alerts(slack={"token": os.environ["SLACK_TOKEN"], "base_url": os.environ["SLACK_URL"]})


def serve_all(web: LocalWeb, publishers: Iterable[Publisher]) -> None:
    for publisher in publishers:
        publisher.serve(web)
