"""Which model is in force, which waits in its shadow, and how does one take the place of the other?

The database says which: one row is champion, one at most challenger, and a promotion swaps both in one transaction. The files
of models trained here lie under NEWSWATCH_HOME/models (shared by all workers); the model that came with the code is champion
until another is promoted, and again whenever the champion's files cannot be trusted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newswatch.errors import ConflictError, ModelError
from newswatch.runtime.place import home, model_folder

if TYPE_CHECKING:
    import sqlalchemy as sa

    from newswatch.settings import Settings
    from newswatch.signals.classify import Classifier
    from newswatch.storage.session import Database
    from newswatch.storage.tuning.changes import Change
    from newswatch.storage.tuning.models import DriftRow, ModelRow, SideBySideRow

SHADOW_DAYS = 14
BUNDLED = ""  # the folder name of the model that came with the code


@dataclass(frozen=True)
class ModelLife:
    """Everything there is to know of the models of this installation. `champion` None: the one that came with the code."""

    champion: ModelRow | None
    challenger: ModelRow | None
    champion_sha: str
    models: list[ModelRow]
    trainings: list[Mapping[str, Any]]
    shadow_articles: int
    shadow: list[SideBySideRow]
    changes: list[Change]
    drift: list[DriftRow]
    approved_labels: int
    approved_since_training: int


def models_folder() -> Path:
    """Where models trained here lie, each in a folder named by its sha256."""
    return home() / "models"


def folder_of(row: ModelRow | None) -> Path:
    """The folder of a model; that of the one that came with the code for None."""
    return models_folder() / row.folder if row and row.folder else model_folder()


def current_model_folder(db: Database) -> Path:
    """The folder of the champion."""
    from newswatch.storage.tuning.models import get_model

    with db.read() as connection:
        return folder_of(get_model(connection, state="champion"))


def load_champion(db: Database, settings: Settings) -> tuple[Classifier, str | None]:
    """The model in force; where its files cannot be trusted the one that came with the code, and why.

    Raises ModelError when neither can be used.
    """
    from newswatch.signals.classify import load_classifier

    folder, bundled = current_model_folder(db), model_folder()
    try:
        return load_classifier(folder, settings=settings.signals, actors=settings.actors), None
    except ModelError as error:
        if folder == bundled:
            raise
        classifier = load_classifier(bundled, settings=settings.signals, actors=settings.actors)
        return classifier, f"{error}\nThe model that came with the code is used until another is promoted."


def note_model(db: Database, model_sha: str, warning: str | None, now: datetime) -> None:
    """Leave an audit row when a run works with another model than the last one did, and nobody had promoted it."""
    from newswatch.storage.tuning.changes import add_change, find_changes, take_change_lock

    def was(connection: sa.Connection) -> str | None:
        return next((one.revision for one in find_changes(connection, "model", limit=1)), None)

    with db.read() as connection:
        if was(connection) == model_sha:
            return
    why = "the champion's files cannot be used" if warning else "the model that came with the code"
    with db.begin() as connection:
        take_change_lock(connection, "model")
        before = was(connection)
        if before != model_sha:
            add_change(connection, "model", "found", who="a run", why=why, was=before, revision=model_sha, now=now)


def thresholds_in_force(db: Database, settings: Settings) -> dict[str, float]:
    """The threshold of every signal: the configuration's, else the champion's own (see `load_champion` for one that is lost).

    Raises ModelError without a usable model.
    """
    from newswatch.signals.lexicon.identity import lexicon_sha
    from newswatch.signals.model_store import thresholds_of

    folder, bundled = current_model_folder(db), model_folder()
    try:
        own = thresholds_of(folder, lexicon_sha=lexicon_sha())
    except ModelError:
        if folder == bundled:
            raise
        own = thresholds_of(bundled, lexicon_sha=lexicon_sha())
    return own | settings.signals.thresholds


def manifest_sha(folder: Path) -> str:
    """The sha256 that names the model in `folder`; "" when there is none."""
    try:
        return hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    except OSError:
        return ""


def model_life(db: Database, *, now: datetime) -> ModelLife:
    """Champion, challenger, what both say of the same articles, trainings, changes and drift."""
    from newswatch.storage.tuning.changes import find_changes
    from newswatch.storage.tuning.labels import count_approved
    from newswatch.storage.tuning.models import compare_in_shadow, find_drift, find_models, find_trainings, get_model

    with db.read() as connection:
        champion, challenger = get_model(connection, state="champion"), get_model(connection, state="challenger")
        sha = champion.model_sha if champion else manifest_sha(model_folder())
        trainings = find_trainings(connection)
        seen, shadow = (
            compare_in_shadow(connection, sha, challenger.model_sha, since=now - timedelta(days=SHADOW_DAYS))
            if challenger
            else (0, [])
        )
        return ModelLife(
            champion=champion,
            challenger=challenger,
            champion_sha=sha,
            models=find_models(connection),
            trainings=trainings,
            shadow_articles=seen,
            shadow=shadow,
            changes=find_changes(connection, "model"),
            drift=find_drift(connection, since=now - timedelta(days=90)),
            approved_labels=count_approved(connection),
            approved_since_training=count_approved(connection, since=_last_start(trainings)),
        )


def promote_challenger(
    db: Database, model_sha: str, *, expected_champion: str, who: str, why: str, now: datetime
) -> None:
    """The challenger becomes champion, at once and for all workers; they take it up with their next run.

    Raises ConflictError when it is not the challenger (any more) or another champion has come since, ModelError when it has not
    passed its gate or its files cannot be used. Then nothing has changed.
    """
    from newswatch.signals.lexicon.identity import lexicon_sha
    from newswatch.signals.model_store import load_model
    from newswatch.storage.tuning.changes import add_change, take_change_lock
    from newswatch.storage.tuning.models import get_model, retire, set_state

    with db.begin() as connection:
        take_change_lock(connection, "model")
        challenger = get_model(connection, state="challenger")
        champion = _champion_sha(connection)
        if challenger is None or challenger.model_sha != model_sha or champion != expected_champion:
            raise ConflictError(
                f"The champion is {champion[:12]} and the challenger {challenger.model_sha[:12] if challenger else 'nobody'} "
                "by now: somebody else has decided. Nothing was changed; look at `newswatch model list`."
            )
        if not challenger.report.get("gate", {}).get("passed"):
            raise ModelError(
                f"Model {model_sha[:12]} has not passed its gate, so it is not promoted. Nothing was changed."
            )
        load_model(folder_of(challenger), lexicon_sha=lexicon_sha())
        _remember_bundled(connection, now)
        retire(connection, "champion", instead="retired", who=who, now=now)
        set_state(connection, model_sha, "champion", who=who, now=now)
        add_change(
            connection, "model", "promoted", who=who, why=why, was=champion, revision=model_sha, now=now
        )  # fmt: skip


def rollback_model(db: Database, *, who: str, why: str, now: datetime) -> str:
    """The champion before the present one is champion again; returns its sha256. Raises ModelError when there is none."""
    from newswatch.storage.tuning.changes import add_change, find_changes, take_change_lock
    from newswatch.storage.tuning.models import retire, set_state

    with db.begin() as connection:
        take_change_lock(connection, "model")
        champion = _champion_sha(connection)
        promotions = find_changes(connection, "model")
        was = next((one.was for one in promotions if one.action == "promoted" and one.revision == champion), None)
        if was is None:
            raise ModelError("No model was promoted over another, so there is none to go back to. Nothing was changed.")
        retire(connection, "champion", instead="retired", who=who, now=now)
        if not set_state(connection, was, "champion", who=who, now=now):
            raise ModelError(f"Model {was[:12]} is not known any more. Nothing was changed.")
        add_change(connection, "model", "rolled_back", who=who, why=why, was=champion, revision=was, now=now)
    return was


def reject_challenger(db: Database, model_sha: str, *, who: str, now: datetime) -> bool:
    """The challenger leaves the shadow for good; False when it is not the challenger."""
    from newswatch.storage.tuning.changes import take_change_lock
    from newswatch.storage.tuning.models import get_model, set_state

    with db.begin() as connection:
        take_change_lock(connection, "model")
        challenger = get_model(connection, state="challenger")
        if challenger is None or challenger.model_sha != model_sha:
            return False
        return set_state(connection, model_sha, "rejected", who=who, now=now)


def _champion_sha(connection: sa.Connection) -> str:
    from newswatch.storage.tuning.models import get_model

    champion = get_model(connection, state="champion")
    return champion.model_sha if champion else manifest_sha(model_folder())


def _remember_bundled(connection: sa.Connection, now: datetime) -> None:
    """The model that came with the code becomes a row, so that a rollback can lead back to it."""
    from newswatch.storage.tuning.models import get_model, save_model_row

    if get_model(connection, state="champion") is None:
        row = {
            "model_sha": manifest_sha(model_folder()), "folder": BUNDLED, "state": "champion", "trained_at": now,
            "corpus_sha": "", "labels": 0, "report": {"name": "the model that came with the code"},
        }  # fmt: skip
        save_model_row(connection, row)


def _last_start(trainings: list[Mapping[str, Any]]) -> datetime | None:
    return trainings[0]["started_at"] if trainings else None
