"""At most so many alerts a day: which thresholds? Answered on the stored history, and proved there before it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newswatch.domain import SIGNALS
from newswatch.errors import NewswatchError

if TYPE_CHECKING:
    from newswatch.storage.session import Database

LOWER = 0.1  # a threshold may fall so far below the one in force; further down few articles are worth the reading
LOWEST = 0.3
ATTEMPTS = 4  # replays to prove an answer: dropping one alert may free another that its group had held


@dataclass(frozen=True)
class BudgetAnswer:
    """The answer as a patch of the configuration, with its predicted effect. Utilities are sums over the days replayed."""

    patch: Mapping[str, Any]
    thresholds: Mapping[str, float]
    alerts_per_day_now: float
    alerts_per_day: float
    utility_now: float
    utility: float
    labels: int
    report: Mapping[str, Any]


def solve_budget(
    db: Database,
    folder: Path,
    *,
    alerts_per_day: float,
    now: datetime,
    days: float = 30,
    false_alarm_cost: float = 1.0,
    progress: Callable[[str], None] = lambda _: None,
) -> BudgetAnswer:
    """Thresholds that would have told at most `alerts_per_day`, worth the most by labels and by the model's probabilities.

    `false_alarm_cost`: what a false alarm takes away, where a right alert gives 1. Raises NewswatchError when no thresholds keep
    within the budget, ModelError without a usable model.
    """
    from newswatch.settings import load_settings
    from newswatch.steps.model_life import thresholds_in_force
    from newswatch.steps.replay import compare_candidates
    from newswatch.tuning.budget import choose_thresholds

    if alerts_per_day <= 0:
        raise NewswatchError(
            "A budget is more than 0 alerts a day. To be told nothing, silence it: newswatch silence add."
        )
    trial = _Trial(db, folder, now, days, false_alarm_cost)
    in_force = thresholds_in_force(db, load_settings(folder))
    lowest = {signal: round(min(in_force[signal], max(LOWEST, in_force[signal] - LOWER)), 2) for signal in SIGNALS}
    alerts, worth = trial.messages(lowest)
    progress(f"{len(alerts)} alerts at the lowest thresholds")
    now_told, now_worth = trial.messages(in_force)
    most = allowed = int(alerts_per_day * days)
    for attempt in range(ATTEMPTS):
        choice = choose_thresholds(alerts, worth, lowest=lowest, most=allowed)
        told, told_worth = trial.messages(choice.thresholds)
        progress(f"attempt {attempt + 1}: {len(told) / days:.1f} alerts a day")
        if len(told) <= most:
            break
        allowed = max(0, allowed - (len(told) - most))
    else:
        raise NewswatchError(
            f"No thresholds keep within {alerts_per_day:g} alerts a day; the last tried gave {len(told) / days:.1f}. "
            "Raise min_severity in config/alerts.yaml first. Nothing was changed."
        )
    changed = {signal: value for signal, value in choice.thresholds.items() if value != round(in_force[signal], 4)}
    patch = {"classifier": {"signals": {"thresholds": changed}}} if changed else {}
    report = compare_candidates(trial.history, trial.candidate(in_force), trial.candidate(choice.thresholds), db)
    return BudgetAnswer(
        patch=patch,
        thresholds=choice.thresholds,
        alerts_per_day_now=round(len(now_told) / days, 3),
        alerts_per_day=round(len(told) / days, 3),
        utility_now=round(sum(now_worth), 3),
        utility=round(sum(told_worth), 3),
        labels=len(trial.labels),
        report=report,
    )


class _Trial:
    """The stored history, and what would be told on it under other thresholds."""

    def __init__(self, db: Database, folder: Path, now: datetime, days: float, cost: float) -> None:
        from newswatch.settings import load_settings
        from newswatch.steps.replay import read_history
        from newswatch.storage.tuning.labels import find_approved

        self._db, self._cost = db, cost
        self._settings = load_settings(folder)
        self.history = read_history(db, since=now - timedelta(days=days), until=now, settings=(self._settings,))
        with db.read() as connection:
            self.labels = find_approved(connection)

    def candidate(self, thresholds: Mapping[str, float]) -> Any:
        from newswatch.steps.replay import Candidate

        signals = self._settings.signals.model_copy(update={"thresholds": dict(thresholds)})
        classifier = self._settings.classifier.model_copy(update={"signals": signals})
        return Candidate(replace(self._settings, classifier=classifier))

    def messages(self, thresholds: Mapping[str, float]) -> tuple[list[Any], list[float]]:
        """The messages told under these thresholds, and what each is worth."""
        from newswatch.steps.replay import Candidate, outcome_of
        from newswatch.tuning.budget import chance_of_being_right
        from newswatch.tuning.comparison import USELESS, messages_of

        outcome = outcome_of(self._db, self.history, self.candidate(thresholds), Candidate(self._settings))
        told = messages_of(outcome, self.history.since, self.history.until)
        chances = [chance_of_being_right(one.signal, one.score, self.labels, unwanted=USELESS) for one in told]
        return told, [chance - (1 - chance) * self._cost for chance in chances]
