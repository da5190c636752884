"""`newswatch model …` and `newswatch labels …`: which model is in force, and what may it learn from the desk?"""

from __future__ import annotations

import getpass
from typing import Annotated, Literal

import typer

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line instead of a table.")]
Why = Annotated[str, typer.Option(help="The reason, for the history.")]


def register(app: typer.Typer) -> None:
    """Add the groups `model` and `labels` to `app`."""
    model = typer.Typer(no_args_is_help=True, help="The model in force, its challenger, and what came before.")
    model.command("list")(list_models)
    model.command("promote")(promote)
    model.command("rollback")(rollback)
    model.command("reject")(reject)
    app.add_typer(model, name="model")
    labels = typer.Typer(no_args_is_help=True, help="What the desk says of articles, and what may be learnt of it.")
    labels.command("list")(list_labels)
    labels.command("approve")(approve)
    labels.command("reject")(reject_labels)
    labels.command("reconsider")(reconsider)
    app.add_typer(labels, name="labels")


def list_models(as_json: AsJson = False) -> None:
    """Every model trained here, the latest first; without a champion the model that came with the code is in force.

    Example: newswatch model list
    """
    from newswatch.cli.table import show
    from newswatch.steps.desk import open_desk
    from newswatch.steps.model_life import model_life

    with open_desk() as desk:
        life = model_life(desk.db, now=desk.now)
    rows = [
        {
            "model": one.model_sha[:12], "state": one.state, "trained_at": one.trained_at.isoformat(), "labels": one.labels,
            "gate": {True: "passed", False: "failed", None: None}[one.report.get("gate", {}).get("passed")],
            "macro_f1": one.report.get("frozen", {}).get("challenger", {}).get("macro_f1"),
        }
        for one in life.models
    ]  # fmt: skip
    show(rows, ("model", "state", "trained_at", "labels", "gate", "macro_f1"), as_json=as_json)


def promote(
    why: Why,
    model: Annotated[str | None, typer.Argument(help="The beginning of its sha256; default: the challenger.")] = None,
) -> None:
    """The challenger becomes the model in force, from the next run on. It must have passed its gate.

    Exit codes: 0 done, 2 it is not the challenger, failed its gate, or cannot be used; then nothing was changed.

    Example: newswatch model promote --why "three days in the shadow, no alert lost"
    """
    from newswatch.errors import ModelError
    from newswatch.steps.desk import open_desk
    from newswatch.steps.model_life import model_life, promote_challenger

    with open_desk() as desk:
        life = model_life(desk.db, now=desk.now)
        if life.challenger is None or not life.challenger.model_sha.startswith(model or ""):
            raise ModelError("That is not the challenger. Nothing was changed; see `newswatch model list`.")
        promote_challenger(
            desk.db, life.challenger.model_sha, expected_champion=life.champion_sha, who=_me(), why=why, now=desk.now
        )
    typer.echo(life.challenger.model_sha)


def rollback(why: Why) -> None:
    """The model that was in force before the present one is so again. Prints its sha256.

    Exit codes: 0 done, 2 there is none; then nothing was changed.

    Example: newswatch model rollback --why "cries wolf about exercises"
    """
    from newswatch.steps.desk import open_desk
    from newswatch.steps.model_life import rollback_model

    with open_desk() as desk:
        typer.echo(rollback_model(desk.db, who=_me(), why=why, now=desk.now))


def reject() -> None:
    """Take the challenger out of the shadow for good. Exit 1 when there is none.

    Example: newswatch model reject
    """
    from newswatch.steps.desk import open_desk
    from newswatch.steps.model_life import model_life, reject_challenger

    with open_desk() as desk:
        challenger = model_life(desk.db, now=desk.now).challenger
        if challenger is None or not reject_challenger(desk.db, challenger.model_sha, who=_me(), now=desk.now):
            raise typer.Exit(1)
    typer.echo(challenger.model_sha)


def list_labels(
    standing: Annotated[
        Literal["waiting", "approved", "rejected", "undone"], typer.Option(help="Which ones.")
    ] = "waiting",
    user: Annotated[str | None, typer.Option(help="Of this person alone.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 200,
    as_json: AsJson = False,
) -> None:
    """What people said of articles, the newest first: nothing is learnt before somebody has approved it.

    Example: newswatch labels list
    """
    from newswatch.cli.table import show
    from newswatch.steps.desk import open_desk
    from newswatch.steps.labels import list_labels as labels_of

    with open_desk() as desk:
        found = labels_of(desk.db, standing, user_id=user, limit=limit)
    rows = [
        {
            "label": one.label_id, "user": one.user_id, "verdict": one.verdict,
            "says": None if one.signals is None else ",".join(one.signals) or "none", "found": ",".join(one.found) or "none",
            "given_at": one.given_at.isoformat(), "title": one.title,
        }
        for one in found
    ]  # fmt: skip
    show(rows, ("label", "user", "verdict", "says", "found", "given_at", "title"), as_json=as_json)


Ids = Annotated[list[int], typer.Argument(help="Numbers of labels.")]


def approve(labels: Ids) -> None:
    """Let the next training learn these labels. Prints how many changed.

    Example: newswatch labels approve 12 13 17
    """
    _decide(labels, "approved")


def reject_labels(labels: Ids) -> None:
    """These labels are not learnt. Prints how many changed.

    Example: newswatch labels reject 14
    """
    _decide(labels, "rejected")


def reconsider(labels: Ids) -> None:
    """Take an approval or a rejection back: the labels wait again. Prints how many changed.

    Example: newswatch labels reconsider 14
    """
    _decide(labels, None)


def _decide(labels: list[int], decision: Literal["approved", "rejected"] | None) -> None:
    from newswatch.steps.desk import open_desk
    from newswatch.steps.labels import decide_on_labels

    with open_desk() as desk:
        typer.echo(decide_on_labels(desk.db, labels, decision, who=_me(), now=desk.now))


def _me() -> str:
    return f"cli:{getpass.getuser()}"
