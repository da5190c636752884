"""`newswatch alerts|routes|silence|slack-listen`: what was told and why, who would be told, and who does not want to be."""

from __future__ import annotations

import getpass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from newswatch.cli.table import show
from newswatch.errors import NewswatchError

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line instead of a table.")]
Config = Annotated[
    Path | None, typer.Option("--config", help="Folder of the configuration; default: the one in force.")
]


def register(app: typer.Typer) -> None:
    """Add the commands about alerts to `app`."""
    alerts = typer.Typer(no_args_is_help=True, help="What was told, what was held back, and why.")
    alerts.command("list")(list_alerts)
    alerts.command("show")(show_alert)
    alerts.command("queue")(queue)
    app.add_typer(alerts, name="alerts")
    routes = typer.Typer(no_args_is_help=True, help="The route tree of config/alerts.yaml.")
    routes.command("test")(test_routes)
    app.add_typer(routes, name="routes")
    silence = typer.Typer(no_args_is_help=True, help="What shall not be told for a while.")
    silence.command("add")(add_silence)
    silence.command("list")(list_silences)
    silence.command("expire")(expire_silence)
    app.add_typer(silence, name="silence")
    app.command("slack-listen")(slack_listen)


def list_alerts(
    hours: Annotated[float, typer.Option(help="How far back.")] = 24,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 200,
    as_json: AsJson = False,
) -> None:
    """Alerts, newest first: when, how grave, why, to whom, of which story.

    Example: newswatch alerts list --hours 48
    """
    from newswatch.steps.desk import open_desk
    from newswatch.storage.alerts import find_alerts

    with open_desk() as desk, desk.db.read() as connection:
        rows = find_alerts(connection, since=desk.now - timedelta(hours=hours), limit=limit)
    columns = ("decided_at", "severity", "reason", "receiver", "pair", "signal", "explanation", "story_id", "alert_key")
    show([_alert(row) for row in rows], columns, as_json=as_json)


def show_alert(
    key: Annotated[str, typer.Argument(help="An alert's key or the beginning of it, or a story's id (st_…).")],
) -> None:
    """One story with everything decided about it: told, or not told, and why; and what became of each message.

    Exit code 1 when there is no such alert or story.

    Example: newswatch alerts show 4f1c2a
    """
    import json

    from newswatch.steps.desk import open_desk
    from newswatch.storage.alerts import find_alert, find_decisions, find_feedback
    from newswatch.storage.outbox import find_messages
    from newswatch.storage.stories import get_story

    with open_desk() as desk, desk.db.read() as connection:
        alert = None if key.startswith("st_") else find_alert(connection, key)
        story = get_story(connection, alert["story_id"] if alert else key)
        if story is None:
            typer.echo(f"newswatch: no alert or story {key!r}. See `newswatch alerts list`.", err=True)
            raise typer.Exit(1)
        told = {
            "story": _story(story),
            "decisions": [_plain(row) for row in find_decisions(connection, story.story_id)],
            "messages": [_plain(_without(row, "blocks")) for row in find_messages(connection, story_id=story.story_id)],
            "feedback": [_plain(dict(row)) for row in find_feedback(connection, alert["alert_key"])] if alert else [],
        }
    typer.echo(json.dumps(told, ensure_ascii=False, indent=2))


def queue(as_json: AsJson = False) -> None:
    """Messages that wait, and why: parked, held, given up, or not due yet. Exit code 1 when any was given up.

    Example: newswatch alerts queue
    """
    from newswatch.steps.desk import open_desk
    from newswatch.storage.outbox import find_messages

    with open_desk() as desk, desk.db.read() as connection:
        rows = find_messages(connection, states=("waiting", "sending", "parked", "held", "dead"))
    columns = (
        "state",
        "receiver",
        "kind",
        "severity",
        "created_at",
        "not_before_at",
        "attempts",
        "last_error",
        "notification_key",
    )
    show([{name: _plain(row)[name] for name in columns} for row in rows], columns, as_json=as_json)
    raise typer.Exit(1 if any(row["state"] == "dead" for row in rows) else 0)


def test_routes(
    labels: Annotated[list[str], typer.Argument(help="label=value pairs; a label may be given several times.")],
    config: Config = None,
    expect: Annotated[
        str | None, typer.Option("--expect", help="Receivers, comma-separated; exit code 1 when they differ.")
    ] = None,
) -> None:
    """Print the receivers of a story with these labels, one a line, with the path of the route that took it.

    Example: newswatch routes test severity=4 target=JPN signal=launch --expect desk
    """
    from newswatch.alerts.labels import labels_from_words
    from newswatch.alerts.route import find_routes
    from newswatch.alerts.settings import AlertSettings
    from newswatch.runtime.place import config_folder
    from newswatch.settings import load_file

    settings = load_file((config or config_folder()) / "alerts.yaml", AlertSettings)
    try:
        matched = find_routes(settings.route, labels_from_words(tuple(labels)))
    except ValueError as error:
        raise NewswatchError(
            f"{error}. Nothing was tested; known labels stand at the top of config/alerts.yaml."
        ) from None
    for route in matched:
        typer.echo(f"{route.receiver}\troute {route.path or 'root'}\tmin_severity {route.min_severity}")
    found = [route.receiver for route in matched]
    if expect is not None and found != expect.split(","):
        typer.echo(f"newswatch: expected {expect}, found {','.join(found)}", err=True)
        raise typer.Exit(1)


def add_silence(
    matchers: Annotated[
        list[str], typer.Argument(help='Conditions, all of which must hold, such as source=PRK or severity=~"[12]".')
    ],
    reason: Annotated[str, typer.Option(help="Why; shown wherever it holds something back.")],
    duration: Annotated[str, typer.Option("--for", help="How long: 1h, 6h, 1d, 2w.")] = "6h",
    up_to: Annotated[
        int, typer.Option(min=1, max=5, help="Holds back up to this severity; graver breaks through.")
    ] = 3,
    receiver: Annotated[str | None, typer.Option(help="Only for this receiver.")] = None,
    author: Annotated[str | None, typer.Option(help="Default: your user name.")] = None,
) -> None:
    """Silence stories; prints the silence's number. When it ends, one line tells what it held back.

    Example: newswatch silence add source=PRK target=JPN --for 6h --up-to 3 --reason "known drill"
    """
    from newswatch.alerts.durations import parse_duration
    from newswatch.alerts.matchers import parse_matcher
    from newswatch.steps.desk import open_desk
    from newswatch.storage import alerts as storage

    try:
        wanted = [str(parse_matcher(matcher)) for matcher in matchers]
        lasting = parse_duration(duration)
    except ValueError as error:
        raise NewswatchError(f"{error}. No silence was made.") from None
    if not lasting:
        raise NewswatchError("A silence needs an end: --for 6h. No silence was made.")
    with open_desk() as desk, desk.db.begin() as connection:
        if receiver is not None and receiver not in desk.settings.alerts.receivers_by_name:
            raise NewswatchError(f"No receiver {receiver!r} in config/alerts.yaml. No silence was made.")
        row = {
            "matchers": wanted,
            "receiver": receiver,
            "ceiling": up_to,
            "author": author or getpass.getuser(),
            "reason": reason,
        }
        number = storage.add_silence(connection, row | {"starts_at": desk.now, "ends_at": desk.now + lasting})
    typer.echo(number)


def list_silences(
    ended: Annotated[bool, typer.Option("--ended", help="Those that have ended too.")] = False, as_json: AsJson = False
) -> None:
    """Silences in force or to come, the newest first.

    Example: newswatch silence list
    """
    from newswatch.steps.desk import open_desk
    from newswatch.storage.alerts import find_silences

    with open_desk() as desk, desk.db.read() as connection:
        rows = find_silences(connection, now=desk.now, include_ended=ended)
    columns = ("silence_id", "matchers", "receiver", "ceiling", "author", "reason", "starts_at", "ends_at")
    show([{name: _plain(row)[name] for name in columns} for row in rows], columns, as_json=as_json)


def expire_silence(
    silence_id: Annotated[int, typer.Argument(help="Its number, see `newswatch silence list`.")],
) -> None:
    """End a silence now. Exit code 1 when there is none of that number in force.

    Example: newswatch silence expire 3
    """
    from newswatch.steps.desk import open_desk
    from newswatch.storage.alerts import end_silence

    with open_desk() as desk, desk.db.begin() as connection:
        if not end_silence(connection, silence_id, desk.now):
            typer.echo(f"newswatch: no silence {silence_id} in force. See `newswatch silence list`.", err=True)
            raise typer.Exit(1)


def slack_listen() -> None:
    """Take button clicks over Slack's Socket Mode, for desks behind a firewall. Runs until interrupted (Ctrl-C).

    SLACK_BOT_TOKEN (xoxb-…, chat:write) and SLACK_APP_TOKEN (xapp-…, connections:write) must be set; SLACK_BASE_URL names a
    server that stands in for https://slack.com/api/.

    Example: SLACK_BOT_TOKEN=xoxb-… SLACK_APP_TOKEN=xapp-… newswatch slack-listen
    """
    from newswatch.steps.desk import open_desk, utc_now
    from newswatch.steps.listen import listen

    with open_desk() as desk:
        team_id = desk.settings.alerts.slack.team_id
        listen(desk.db, now=utc_now, team_id=team_id, tell=lambda line: typer.echo(line, err=True))


def _alert(row: dict[str, Any]) -> Any:
    labels = row["labels"]
    shown = {"pair": ",".join(labels.get("pair", ())), "signal": ",".join(labels.get("signal", ()))}
    names = ("decided_at", "severity", "reason", "receiver", "explanation", "story_id", "alert_key")
    return _plain({name: row[name] for name in names} | shown)


def _story(story: Any) -> Any:
    from dataclasses import asdict

    return _plain(asdict(story))


def _without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _plain(value: Any) -> Any:
    """The same as JSON can hold it."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
