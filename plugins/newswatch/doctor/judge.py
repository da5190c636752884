"""What do the facts mean? Pure: facts in, findings out; `probe` gathers the facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from newswatch.alerts.outcome import REPAIRS
from newswatch.alerts.slack import Standing
from newswatch.doctor.finding import Finding
from newswatch.storage.migrate import Schema

OLDEST_SERVER = 14  # PostgreSQL: the oldest that Airflow 3.3 is tested with
SENDING = "chat:write"
READING = ("channels:history", "groups:history")  # of public and of private channels; one of them is enough
DRAWING = "files:write"  # for the chart of the daily digest
LATE_RUN = timedelta(minutes=30)  # six times the DAG's interval
FULL, NEARLY_FULL = 1 << 30, 5 << 30  # bytes left on the disk
CLOCK_WARNS, CLOCK_BREAKS = 5.0, 60.0  # seconds; Slack's signatures are good for 300
MEGABYTE = 1_000_000


def of_server(version: int, schema: Schema) -> list[Finding]:
    """The database server and its schema. `version` is the server's major version."""
    server = Finding("database", "ok", f"PostgreSQL {version} answers.")
    if version < OLDEST_SERVER:
        server = Finding(
            "database", "broken", f"PostgreSQL {version} is too old.", f"Use PostgreSQL {OLDEST_SERVER} or newer."
        )
    return [server, _of_schema(schema)]


def _of_schema(schema: Schema) -> Finding:
    if not schema.known:
        return Finding(
            "schema", "broken", f"Schema {schema.found} is of a newer Newswatch than this one, which works with {schema.head}.",
            "Install the newer version again, or restore a backup from before its migration.",
        )  # fmt: skip
    if schema.found != schema.head:
        told = f"Schema {schema.found or 'none'} is older than this version's {schema.head}."
        return Finding("schema", "warning", told, "The next run migrates it; or now: newswatch db migrate")
    return Finding("schema", "ok", f"Schema {schema.found} is this version's.")


def of_airflow(health: Mapping[str, Mapping[str, object]] | None, url: str) -> Finding:
    """Airflow's own account of its parts; None when nobody answers at `url`."""
    if health is None:
        return Finding(
            "airflow", "broken", f"Nobody answers at {url}.", "Start it with `make up`; or name its port: --port"
        )
    parts = {name: str(part.get("status")) for name, part in health.items() if part.get("status") is not None}
    ill = [f"{name} is {status}" for name, status in sorted(parts.items()) if status != "healthy"]
    if ill:
        return Finding(
            "airflow",
            "broken",
            f"{'; '.join(ill)}.",
            "Read its log (local: .newswatch/logs/airflow.log) and start it anew.",
        )
    return Finding("airflow", "ok", f"{', '.join(sorted(parts))} are healthy.")


def of_last_run(last_at: datetime | None, now: datetime) -> Finding:
    """When the main DAG last finished a step."""
    remedy = "Look whether the DAG monitor_news is paused or fails, in the Airflow UI."
    if last_at is None:
        return Finding("last run", "warning", "No run has been recorded yet.", remedy)
    minutes = int((now - last_at).total_seconds() // 60)
    if now - last_at > LATE_RUN:
        return Finding("last run", "broken", f"The last run ended {minutes} minutes ago.", remedy)
    return Finding("last run", "ok", f"The last run ended {minutes} minutes ago.")


def of_slack(standing: Standing, channels: Mapping[str, str | None]) -> list[Finding]:
    """What the token may do, and whether each channel can be reached (its error word, or None)."""
    if standing.error:
        told = f"Slack refuses the token: {standing.error}."
        repair = REPAIRS.get(
            standing.error, "Install the app again and put its bot token into the connection slack_default."
        )
        return [Finding("slack", "broken", told, _sentence(repair))]
    return [_of_scopes(standing), *(_of_channel(name, word) for name, word in sorted(channels.items()))]


def _of_scopes(standing: Standing) -> Finding:
    known = bool(standing.scopes)
    if known and SENDING not in standing.scopes:
        return Finding("slack", "broken", f"The scope {SENDING} is missing.", _sentence(REPAIRS["missing_scope"]))
    if known and not set(READING) & set(standing.scopes):
        return Finding(
            "slack", "warning", f"None of {' and '.join(READING)} is there: an unsure message cannot be looked up.",
            "Give the bot channels:history (groups:history for private channels) and install it again.",
        )  # fmt: skip
    if known and DRAWING not in standing.scopes:
        return Finding(
            "slack", "warning", f"The scope {DRAWING} is missing: the daily digest comes without its chart.",
            f"Give the bot {DRAWING} and install it again.",
        )  # fmt: skip
    scopes = ", ".join(standing.scopes) or "unknown"
    return Finding("slack", "ok", f"Workspace {standing.team}, scopes {scopes}.")


def _of_channel(channel: str, word: str | None) -> Finding:
    if word is None:
        return Finding(f"channel {channel}", "ok", "The bot is in it and may read it.")
    if word == "missing_scope":  # said above, for all channels at once
        return Finding(f"channel {channel}", "skipped", "The bot may not read it, so nobody can tell.")
    told = f"Slack answers {word}."
    return Finding(
        f"channel {channel}", "broken", told, _sentence(REPAIRS.get(word, "See the word in Slack's documentation."))
    )


def of_no_token(receivers: Sequence[str]) -> Finding:
    """No token: fine for a desk that reads the log, broken for one with Slack receivers."""
    if not receivers:
        return Finding(
            "slack", "skipped", "No receiver is of kind slack; alerts stand in the log and on the Alerts page."
        )
    return Finding(
        "slack", "broken", f"{', '.join(receivers)} shall be told through Slack, and there is no token.",
        "Make the Airflow connection slack_default, its password the bot's token (docs/tutorial.md).",
    )  # fmt: skip


def of_feeds(listed: int, states: Mapping[str, int], silent: Sequence[str]) -> Finding:
    """The feeds of the configuration, as the last fetches left them."""
    remedy = "Try them by hand: newswatch feeds check"
    failing = states.get("failing", 0) + states.get("paused", 0)
    if not listed:
        return Finding("feeds", "broken", "feeds.yaml lists no feed.", "Add one: newswatch feeds add ADDRESS")
    if 2 * failing > listed:
        told = f"{failing} of {listed} feeds fail or are paused."
        return Finding("feeds", "broken", told, f"Check the network of this host first. {remedy}")
    if silent:
        named = ", ".join(silent[:5]) + (" …" if len(silent) > 5 else "")
        return Finding("feeds", "warning", f"{len(silent)} of {listed} feeds are silent: {named}.", remedy)
    return Finding("feeds", "ok", f"{listed} feeds, {failing} of them failing.")


def of_queue(states: Mapping[str, int]) -> Finding:
    """What could not be delivered."""
    waiting = sum(states.get(state, 0) for state in ("waiting", "sending", "parked", "held"))
    stuck = {state: states[state] for state in ("parked", "held", "dead") if states.get(state)}
    if stuck:
        told = ", ".join(f"{number} {state}" for state, number in stuck.items())
        return Finding("outbox", "warning", f"Messages that need somebody: {told}.", "See why: newswatch alerts queue")
    return Finding("outbox", "ok", f"{waiting} messages wait.")


def of_disk(folder: str, free: int, *, writable: bool) -> Finding:
    """Room for what this host keeps. `free` in bytes."""
    room = f"{free / MEGABYTE:,.0f} MB are free in {folder}."
    if not writable:
        return Finding(
            "disk", "broken", f"{folder} is not writable.", "Give the user that runs Newswatch the right to write."
        )
    if free < FULL:
        return Finding("disk", "broken", room, "Make room: a full disk stops the database. Old logs first.")
    if free < NEARLY_FULL:
        return Finding("disk", "warning", room, "Make room, or lower operations.keep_days.")
    return Finding("disk", "ok", room)


def of_clock(seconds_off: Mapping[str, float]) -> Finding:
    """How far this host's clock is from the others' (positive: ahead of them)."""
    if not seconds_off:
        return Finding("clock", "skipped", "Nobody was reached to compare it with.")
    whose, worst = max(seconds_off.items(), key=lambda one: abs(one[1]))
    told = f"{abs(worst):.1f} s {'ahead of' if worst > 0 else 'behind'} {whose}."
    remedy = (
        "Let the host's clock be set by NTP: times decide when a lease ends and whether Slack's clicks are believed."
    )
    if abs(worst) > CLOCK_BREAKS:
        return Finding("clock", "broken", told, remedy)
    return Finding("clock", "warning", told, remedy) if abs(worst) > CLOCK_WARNS else Finding("clock", "ok", told)


def _sentence(repair: str) -> str:
    return f"{repair[0].upper()}{repair[1:]}." if not repair.endswith(".") else repair
