"""How does the model learn from the desk? Seeds and approved labels are trained into a challenger; nothing live changes.

A training that dies leaves a folder and a row without an outcome, and the champion as it was. Only a finished and examined model
becomes the challenger, in one transaction; it is promoted by a person, or never.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newswatch.errors import ConflictError, ModelError
from newswatch.runtime.place import model_folder, seeds_folder
from newswatch.steps.desk import Desk, open_desk
from newswatch.steps.model_life import (
    folder_of,
    load_champion,
    manifest_sha,
    models_folder,
    promote_challenger,
    reject_challenger,
)
from newswatch.steps.result import StepResult, counted
from newswatch.tuning.gate import Check, gate
from newswatch.tuning.report import as_text
from newswatch.tuning.training_set import Lines, split_labels, split_seeds

if TYPE_CHECKING:
    from newswatch.signals.examine import Examined, Item

UNFINISHED = "unfinished-"
PROMOTE, KEEP = "Promote", "Keep the champion"
"""The options of the approval task."""


def train_challenger(*, articles: Path | None = None, progress: Callable[[str], None] = lambda _: None) -> StepResult:
    """Train on seeds and approved labels, examine, and put the model into the champion's shadow. Takes minutes."""
    from newswatch.storage.tuning.labels import collect_votes, count_approved, find_approved
    from newswatch.storage.tuning.models import start_training

    with open_desk() as desk:
        with desk.db.begin() as connection:
            collect_votes(connection)
            approved, number = find_approved(connection), count_approved(connection)
            training_id = start_training(connection, labels=number, now=desk.now)
        seeds, labels = split_seeds(_lines(articles or seeds_folder())), split_labels(approved)
        folder = _trained(desk, training_id, (*seeds.learn, *labels.learn), progress)
        report = _examined(desk, folder, seeds, labels)
        sha, is_new = _into_shadow(desk, training_id, folder, report, labels=len(labels.learn))
    passed = report["gate"]["passed"] and is_new
    says = "is known already" if not is_new else "passed its gate" if passed else "did not pass its gate"
    told = f"Model {sha[:12]} {says}; {counted(len(labels.learn), 'label')} learnt."
    return StepResult(
        label=f"{sha[:12]} {says}",
        summary=f"{told}\n\n{report['card']}",
        counts={"passed": int(passed), "labels": len(labels.learn)},
        names={"model_sha": sha, "champion": report["champion"]},
    )


def decide_on_challenger(chosen: Sequence[str], *, model_sha: str, champion: str, who: str) -> StepResult:
    """Do what a person chose in the approval task. A choice that comes too late changes nothing and says so."""
    with open_desk() as desk:
        if PROMOTE not in chosen:
            reject_challenger(desk.db, model_sha, who=who, now=desk.now)
            return StepResult(
                "kept the champion", f"Model {model_sha[:12]} was not promoted ({who}); the champion stays."
            )
        try:
            promote_challenger(
                desk.db, model_sha, expected_champion=champion, who=who, why="approved after training", now=desk.now
            )
        except ConflictError as error:
            return StepResult("decided already", str(error))
    return StepResult(
        f"{model_sha[:12]} promoted", f"Model {model_sha[:12]} is champion from the next run on, by {who}."
    )


def _lines(folder: Path) -> list[str]:
    files = sorted(folder.glob("*.jsonl"))
    return [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def _trained(desk: Desk, training_id: int, lines: Sequence[str], progress: Callable[[str], None]) -> Path:
    """The folder of the finished model. Folders of trainings that died are cleared away first."""
    from newswatch.signals.model_store import ENCODER_FILES
    from newswatch.signals.train import train

    models_folder().mkdir(parents=True, exist_ok=True)
    for left in models_folder().glob(f"{UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)
    work = models_folder() / f"{UNFINISHED}{training_id}"
    (work / "corpus").mkdir(parents=True)
    (work / "corpus" / "items.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name in ENCODER_FILES:
        if (model_folder() / name).exists():
            _link(model_folder() / name, work / name)
    train(work / "corpus", work, actors=desk.settings.actors, progress=progress)
    shutil.rmtree(work / "corpus")
    return work


def _link(source: Path, target: Path) -> None:
    """The encoder is the same for all models: one file on disk where that is possible."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _examined(desk: Desk, folder: Path, seeds: Lines, labels: Lines) -> dict[str, Any]:
    """Figures of challenger and champion on the same items, the gate, and the section for the card."""
    from newswatch.signals.classify import load_classifier
    from newswatch.signals.examine import examine

    settings, actors = desk.settings.signals, desk.settings.actors
    champion, _ = load_champion(desk.db, desk.settings)
    challenger = load_classifier(folder, settings=settings, actors=actors)
    frozen, recent = _items(seeds.judge, with_text=False), _items(labels.judge, with_text=True)
    figures = {
        name: (examine(model, frozen), examine(model, recent))
        for name, model in (("challenger", challenger), ("champion", champion))
    }
    (mine, lately), (theirs, their_lately) = figures["challenger"], figures["champion"]
    floors = desk.settings.newswatch.training
    blind = champion.model_sha != manifest_sha(
        model_folder()
    )  # the model that came with the code has learnt from every seed
    checks = gate(
        mine.figures, lately.figures, len(recent), champion_frozen=theirs.figures, champion_recent=their_lately.figures,
        floors=floors, champion_is_blind=blind,
    )  # fmt: skip
    report: dict[str, Any] = {
        "frozen": {"challenger": mine.as_json(), "champion": theirs.as_json(), "champion_is_blind": blind},
        "recent": {"challenger": lately.as_json(), "champion": their_lately.as_json()},
        "gate": {"passed": all(check.passed for check in checks), "checks": [asdict(check) for check in checks]},
        "champion": champion.model_sha,
    }
    report["card"] = card_section(mine, lately, theirs, checks, labels=len(labels.learn))
    return report


def card_section(mine: Examined, recent: Examined, champion: Examined, checks: Sequence[Check], *, labels: int) -> str:
    """What the card says of a model that was trained here, in Markdown."""
    head = [
        "| signal | precision | recall | F1 | 95 % of draws | items | champion's F1 |",
        "|---|---|---|---|---|---|---|",
    ]
    rows = [_row(signal, mine, champion) for signal in mine.figures.per_signal]
    gates = [f"- {'passed' if check.passed else '**failed**'}: {check.name}: {check.says}" for check in checks]
    mistakes = [f"- {as_text(says)}" for says in (*mine.mistakes, *recent.mistakes)]
    told = (
        f"Learnt from the seeds without the frozen set, and from {labels} approved labels.\n"
        f"On the {mine.items} items of the frozen set: {_whole(mine)}.\n"
        f"On {recent.items} recent labels it has not learnt from: {_whole(recent)}."
    )
    parts = ["## Trained here", told, "\n".join([*head, *rows]), "### Gate", "\n".join(gates), "### Surest mistakes"]
    return "\n\n".join([*parts, "\n".join(mistakes) or "None."])


def _whole(one: Examined) -> str:
    found = one.figures
    return f"macro-F1 {found.macro_f1:.3f}, any signal {found.any_f1:.3f}, false alarms {found.false_alarms:.1%}"


def _row(signal: str, mine: Examined, champion: Examined) -> str:
    one, (low, high) = mine.figures.per_signal[signal], mine.intervals[signal]
    figures = f"{one.precision:.2f} | {one.recall:.2f} | {one.f1:.2f} | {low:.2f}–{high:.2f} | {one.support}"
    return f"| `{signal}` | {figures} | {champion.figures.per_signal[signal].f1:.2f} |"


def _items(lines: Sequence[str], *, with_text: bool) -> list[Item]:
    from newswatch.signals.examine import Item

    fields = [json.loads(line) for line in lines]
    return [
        Item(one["title"], one.get("lead") or "", (one.get("body") or "") if with_text else "", tuple(one["signals"]))
        for one in fields
    ]


def _into_shadow(desk: Desk, training_id: int, work: Path, report: dict[str, Any], *, labels: int) -> tuple[str, bool]:
    """The finished model takes its name and becomes the challenger; one that is known already stays what it is."""
    from newswatch.signals.card import CARD
    from newswatch.signals.lexicon.identity import lexicon_sha
    from newswatch.signals.model_store import load_model
    from newswatch.storage.tuning.changes import take_change_lock
    from newswatch.storage.tuning.models import end_training, get_model, retire, save_model_row

    model, sha = load_model(work, lexicon_sha=lexicon_sha())
    with (work / CARD).open("a", encoding="utf-8") as card:
        card.write(f"\n{report['card']}\n\nModel sha256 `{sha}`, corpus sha256 `{model.corpus_sha}`.\n")
    with desk.db.begin() as connection:
        take_change_lock(connection, "model")
        known = get_model(connection, beginning=sha)
        is_new = known is None and sha != manifest_sha(model_folder())
        if is_new:
            _move(work, models_folder() / sha[:16])
            retire(connection, "challenger", instead="retired", who="training", now=desk.now)
            row = {
                "model_sha": sha, "folder": sha[:16], "state": "challenger", "trained_at": desk.now,
                "corpus_sha": model.corpus_sha, "labels": labels, "report": report,
            }  # fmt: skip
            save_model_row(connection, row)
        end_training(connection, training_id, "trained" if is_new else "unchanged", sha, desk.now)
    shutil.rmtree(work, ignore_errors=True)
    return sha, is_new


def _move(work: Path, folder: Path) -> None:
    if folder.exists():  # of a training that died between the move and the commit
        shutil.rmtree(folder)
    work.rename(folder)


def challenger_folder(desk: Desk) -> tuple[Path, str] | None:
    """Folder and sha256 of the model in the shadow; None when there is none."""
    from newswatch.storage.tuning.models import get_model

    with desk.db.read() as connection:
        row = get_model(connection, state="challenger")
    return (folder_of(row), row.model_sha) if row else None


def score_in_shadow(*, most: int = 2_000) -> StepResult:
    """Let the challenger read what the champion has read; nobody is told. A challenger that fails is reported, never fatal."""
    from datetime import timedelta

    from newswatch.domain import Reading
    from newswatch.signals.classify import load_classifier
    from newswatch.steps.model_life import SHADOW_DAYS
    from newswatch.storage.tuning.models import save_shadow, unshadowed

    with open_desk() as desk:
        found = challenger_folder(desk)
        if found is None:
            return StepResult("no challenger", "Shadow: there is no challenger.")
        folder, sha = found
        try:
            classifier = load_classifier(folder, settings=desk.settings.signals, actors=desk.settings.actors)
        except ModelError as error:
            return StepResult("challenger unusable", f"Shadow: {error}")
        with desk.db.read() as connection:
            rows = unshadowed(connection, sha, since=desk.now - timedelta(days=SHADOW_DAYS), limit=most)
        readings = [Reading(row["title"], row["lead"], row["text"], row["language"]) for row in rows]
        findings = classifier.classify(readings)
        with desk.db.begin() as connection:
            save_shadow(
                connection, sha, {row["article_id"]: one for row, one in zip(rows, findings, strict=True)}, desk.now
            )
    return StepResult(
        f"{counted(len(rows), 'article')} in the shadow", f"Shadow: model {sha[:12]} read {counted(len(rows), 'article')}.",
        {"articles": len(rows)},
    )  # fmt: skip


def count_new_labels() -> StepResult:
    """How many labels were approved since the last training began; `enough` is 1 when that calls for another."""
    from newswatch.storage.tuning.labels import collect_votes, count_approved
    from newswatch.storage.tuning.models import find_trainings

    with open_desk() as desk, desk.db.begin() as connection:
        collect_votes(connection)
        trainings = find_trainings(connection, limit=1)
        number = count_approved(connection, since=trainings[0]["started_at"] if trainings else None)
        wanted = desk.settings.newswatch.training.new_labels
    enough = number >= wanted
    told = "a training is called for" if enough else f"{wanted} call for a training"
    return StepResult(
        counted(number, "new label"), f"{counted(number, 'approved label')} since the last training; {told}.",
        {"new_labels": number, "enough": int(enough)},
    )  # fmt: skip
