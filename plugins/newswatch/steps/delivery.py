"""Steps five and six: which happenings do the findings make, and who has been told? And word of a run that failed."""

from __future__ import annotations

from typing import Any

from newswatch.steps import measures
from newswatch.steps.desk import open_desk
from newswatch.steps.result import StepResult, counted


def group_stories() -> StepResult:
    """Join what was found into stories, weigh them, decide who must know; all in one transaction a batch."""
    from newswatch.steps.model_life import thresholds_in_force
    from newswatch.steps.stories import group_stories as group

    with open_desk() as desk:
        thresholds = thresholds_in_force(desk.db, desk.settings)
        summary = group(desk.db, desk.settings, now=desk.now, thresholds=thresholds)
    return StepResult(
        label=f"{counted(summary.opened, 'new story', 'new stories')}, {summary.told} to tell",
        summary=f"Stories: {summary}.",
        counts={"reports": summary.reports, "opened": summary.opened, "joined": summary.joined, "told": summary.told},
        measures=measures.of_grouping(summary),
    )


def send_alerts(*, slack: dict[str, Any] | None) -> StepResult:
    """Deliver what waits. `slack` holds `token` and `base_url`; without it, messages for Slack wait.

    Raises DeliveryError when Slack refuses the token: everything else was sent, and nothing is lost.
    """
    from newswatch.steps.alerts import send_alerts as send
    from newswatch.steps.desk import rest
    from newswatch.steps.senders import senders_for

    with open_desk() as desk:
        senders = senders_for(desk.settings, slack)
        summary = send(desk.db, desk.settings, senders=senders, now=desk.now, sleep=rest)
    return StepResult(
        label=f"{summary.sent} sent, {summary.waiting} waiting",
        summary=f"Alerts: {str(summary).rstrip('.')}.",
        lines=tuple(summary.problems),
        measures=measures.of_sending(summary),
    )


def report_failed_run(dag_id: str, run_id: str, reason: str) -> None:
    """Leave a notice for the operators that a run failed."""
    from newswatch.steps.operators import notice_failed_run

    with open_desk() as desk:
        notice_failed_run(desk.db, desk.settings, dag_id=dag_id, run_id=run_id, reason=reason, now=desk.now)
