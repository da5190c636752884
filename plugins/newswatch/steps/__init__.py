"""What does each task of a DAG do? One function per task: here clock, storage and stages meet, and nowhere else.

A step reads, calls stages, writes, and tells what it did as a `StepResult`. Every step may die at any point and run again:
it takes up whatever is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newswatch.steps.articles import classify_articles, read_articles
    from newswatch.steps.delivery import group_stories, report_failed_run, send_alerts
    from newswatch.steps.feeds import check_feed_failures, fetch_feeds, list_due_feeds
    from newswatch.steps.health import check_health, write_digests
    from newswatch.steps.result import StepResult
    from newswatch.steps.runs import keep_summary

_WHERE = {
    "list_due_feeds": "feeds",
    "fetch_feeds": "feeds",
    "check_feed_failures": "feeds",
    "read_articles": "articles",
    "classify_articles": "articles",
    "group_stories": "delivery",
    "send_alerts": "delivery",
    "report_failed_run": "delivery",
    "check_health": "health",
    "write_digests": "health",
    "keep_summary": "runs",
    "StepResult": "result",
}

__all__ = [*_WHERE]


def __getattr__(name: str) -> Any:
    """Load a step when it is first used: a DAG file that only names steps parses in a tenth of a second."""
    from importlib import import_module

    if name not in _WHERE:
        raise AttributeError(f"newswatch.steps has no step {name!r}")
    return getattr(import_module(f"newswatch.steps.{_WHERE[name]}"), name)
