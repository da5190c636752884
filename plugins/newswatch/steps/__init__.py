"""What does each task of a DAG do? One function per task: here clock, storage and stages meet, and nowhere else.

A step reads, calls stages, writes, and tells what it did as a `StepResult`. Every step may die at any point and run again:
it takes up whatever is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newswatch.steps.articles import classify_articles, read_articles
    from newswatch.steps.budget import solve_budget
    from newswatch.steps.config_life import (
        config_difference,
        config_history,
        config_state,
        patch_difference,
        rollback_config,
        save_config,
    )
    from newswatch.steps.delivery import group_stories, report_failed_run, send_alerts
    from newswatch.steps.drift import watch_drift
    from newswatch.steps.feeds import check_feed_failures, fetch_feeds, list_due_feeds
    from newswatch.steps.health import check_health, write_digests
    from newswatch.steps.labels import decide_on_labels, list_labels, list_voters, report_missed, take_back_label
    from newswatch.steps.model_life import (
        model_life,
        promote_challenger,
        reject_challenger,
        rollback_model,
        thresholds_in_force,
    )
    from newswatch.steps.prune import prune_history
    from newswatch.steps.push import renew_pushes
    from newswatch.steps.replay import replay_config, replay_task
    from newswatch.steps.result import StepResult
    from newswatch.steps.review import answer_item, draw_daily_card, live_figures, todays_card
    from newswatch.steps.runs import keep_summary
    from newswatch.steps.stored_scores import labelled_curves, live_counts
    from newswatch.steps.training import count_new_labels, decide_on_challenger, score_in_shadow, train_challenger
    from newswatch.steps.urgent import poll_urgent_feeds, read_urgent_articles

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
    "prune_history": "prune",
    "renew_pushes": "push",
    "poll_urgent_feeds": "urgent",
    "read_urgent_articles": "urgent",
    "count_new_labels": "training",
    "decide_on_challenger": "training",
    "score_in_shadow": "training",
    "train_challenger": "training",
    "watch_drift": "drift",
    "draw_daily_card": "review",
    "replay_config": "replay",
    "replay_task": "replay",
    "solve_budget": "budget",
    "config_difference": "config_life",
    "config_history": "config_life",
    "config_state": "config_life",
    "patch_difference": "config_life",
    "rollback_config": "config_life",
    "save_config": "config_life",
    "decide_on_labels": "labels",
    "list_labels": "labels",
    "list_voters": "labels",
    "report_missed": "labels",
    "take_back_label": "labels",
    "model_life": "model_life",
    "promote_challenger": "model_life",
    "reject_challenger": "model_life",
    "rollback_model": "model_life",
    "thresholds_in_force": "model_life",
    "answer_item": "review",
    "live_figures": "review",
    "todays_card": "review",
    "labelled_curves": "stored_scores",
    "live_counts": "stored_scores",
    "StepResult": "result",
}

__all__ = [*_WHERE]


def __getattr__(name: str) -> Any:
    """Load a step when it is first used: a DAG file that only names steps parses in a tenth of a second."""
    from importlib import import_module

    if name not in _WHERE:
        raise AttributeError(f"newswatch.steps has no step {name!r}")
    return getattr(import_module(f"newswatch.steps.{_WHERE[name]}"), name)
