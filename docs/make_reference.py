"""Write docs/reference/ from the code and the schema: `make docs`. A test compares, so no page can fall behind.

Each page answers "what is there?"; what to do with it stands in docs/how-to/, and why in docs/explanation/.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import timedelta
from enum import Enum
from importlib import import_module
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from newswatch.alerts.durations import show_duration

FOLDER = Path(__file__).resolve().parent / "reference"
MADE = "<!-- Written by docs/make_reference.py from the code; `make docs` writes it anew. -->"
TABLES_ABOUT = {
    "feeds": "One row a feed: what the configuration says of it, and what earlier fetches left behind.",
    "fetches": "One row a request for a feed, with what came.",
    "articles": "One row an article, however many feeds carried it.",
    "entries": "Which feed listed which article: what makes an entry old.",
    "classifications": "The model's finding for each article, by model and configuration.",
    "stories": "One row a happening, as it now stands.",
    "story_articles": "Which article belongs to which story, and by which rule it came there.",
    "decisions": "Everything decided about a story: told, put into a thread, or held, each with its reason.",
    "alerts": "What people were told, once for each receiver and reason.",
    "outbox": "Messages on their way: one row each, from the decision to Slack's receipt.",
    "channels": "When each Slack channel may be written to next.",
    "silences": "What shall not be told for a while, by whom and why.",
    "feedback": "What the desk said of an alert.",
    "clicks": "Signatures of clicks from Slack, so that none counts twice.",
    "notices": "Troubles that the operators were told of.",
    "runs": "One row a run, with one sentence a step.",
    "revisions": "Every configuration and model that was in force, whole.",
    "leases": "Who holds what only one may do at a time.",
}
FILES_ABOUT = {
    "newswatch": "How Newswatch fetches, reads and runs.",
    "feeds": "Which feeds are watched.",
    "classifier": "What counts as a signal, when two reports are one happening, how grave it is.",
    "alerts": "Who is told what, when; the words are Prometheus Alertmanager's.",
    "actors": "Who can act in the news, and by which names.",
}


def pages() -> dict[str, str]:
    """File name -> text of every page but that of the DAGs, which takes Airflow."""
    return {
        "commands.md": commands_page(),
        "settings.md": settings_page(),
        "metrics.md": metrics_page(),
        "tables.md": tables_page(),
        "environment.md": environment_page(),
    }


def page(title: str, about: str, body: Iterable[str]) -> str:
    """One page as Markdown."""
    return "\n".join([MADE, "", f"# {title}", "", about, "", *body]).rstrip() + "\n"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """A Markdown table; bars and line breaks in cells are made harmless."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return [*lines, ""]


# --- commands ---------------------------------------------------------------------------------------------------------


def the_app() -> typer.Typer:
    """The command line with every group registered."""
    from newswatch.cli.app import GROUPS, app

    if not app.registered_groups:
        for group in GROUPS:
            import_module(f"newswatch.cli.{group}").register(app)
    return app


def all_commands() -> Iterator[tuple[str, Any]]:
    """("newswatch feeds add", the command) of every command, in the order of the help."""

    def walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
        children = getattr(command, "commands", None)
        if children is None:
            yield name, command
            return
        for child in children:
            yield from walk(f"{name} {child}", children[child])

    yield from walk("newswatch", typer.main.get_command(the_app()))


def commands_page() -> str:
    """Every command with its arguments, options and example."""
    body = []
    for name, command in all_commands():
        about = [" ".join(part.split()) for part in (command.help or "").split("\n\n")]
        body += [f"## `{name}`", ""]
        for part in about:
            kind, _, rest = part.partition(": ")
            body += [f"```\n{rest}\n```" if kind == "Example" else part, ""]
        rows = [
            (f"`{_invocation(one)}`", _default(one), one.help or "") for one in command.params if one.name != "help"
        ]
        body += table(("", "default", ""), rows) if rows else []
    about = (
        "Results go to stdout, messages and progress to stderr. Where another program reads, or with `--json`, rows are JSON "
        "Lines. `NO_COLOR` switches colours off; `newswatch --install-completion` teaches your shell to complete.\n\n"
        "Exit codes: 0 done · 1 done, and something asked about was found wrong · 2 could not be done; the reason stands on "
        "stderr."
    )
    return page("Commands", about, body)


def _invocation(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        name = str(parameter.metavar or parameter.name).upper()
        shown = f"{name}..." if parameter.nargs == -1 else name
        return shown if parameter.required else f"[{shown}]"
    names = ", ".join(parameter.opts)
    return names if getattr(parameter, "is_flag", False) else f"{names} {_kind(parameter)}"


def _kind(parameter: Any) -> str:
    annotation = parameter.type_descriptor.annotation
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "|".join(str(one.value) for one in annotation)
    names = {"int": "NUMBER", "float": "NUMBER", "Path": "PATH", "str": "TEXT"}
    bounds = f" {parameter.min}–{parameter.max}" if parameter.min is not None and parameter.max is not None else ""
    return names.get(getattr(annotation, "__name__", ""), "TEXT") + bounds


def _default(parameter: Any) -> str:
    value = getattr(parameter.default, "value", parameter.default)
    if parameter.required:
        return "required"
    return "" if value in (None, False, ()) or callable(value) else f"`{value}`"


# --- settings ---------------------------------------------------------------------------------------------------------


def settings_page() -> str:
    """Every setting of every file, with its type, default and description."""
    from newswatch.settings import FILES

    body = []
    for name, model in FILES.items():
        body += [f"## `config/{name}.yaml`", "", FILES_ABOUT[name], ""]
        body += table(("setting", "type", "default", ""), _settings(model, ""))
    about = (
        "Every file is validated before it replaces the one in force; what is left out falls back to the default given here. "
        "A name such as `operations.keep_days` is the key `keep_days` below `operations`; `[]` stands for each row of a list. "
        "The files that are shipped explain each line where it stands."
    )
    return page("Settings", about, body)


def all_settings() -> dict[str, str]:
    """ "file: setting" -> description, of every setting there is."""
    from newswatch.settings import FILES

    return {f"{name}: {row[0].strip('`')}": row[3] for name, model in FILES.items() for row in _settings(model, "")}


def _settings(model: type[BaseModel], prefix: str, above: tuple[type, ...] = ()) -> Iterator[tuple[str, str, str, str]]:
    for name, field in model.model_fields.items():
        path = f"{prefix}{field.alias or name}"
        inner, listed = _model_in(field.annotation)
        about = field.description or (" ".join((inner.__doc__ or "").split()) if inner else "")
        if inner is None or listed or inner in above:
            yield f"`{path}`", _type(field.annotation), _shown(field), about
        if inner is not None and inner not in (*above, model):
            yield from _settings(inner, f"{path}[]." if listed else f"{path}.", (*above, model))


def _model_in(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The model a setting holds, and whether it holds a list of them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    for one in get_args(annotation):
        found, _ = _model_in(one)
        if found:
            return found, get_origin(annotation) in (tuple, list)
    return None, False


def _type(annotation: Any) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(inner[0])
    if origin is Literal:
        return ", ".join(str(one) for one in inner)
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys("none" if one is type(None) else _type(one) for one in inner))
    if origin in (tuple, list):
        return "list of rows" if _model_in(annotation)[0] else f"list of {_type(inner[0])}" if inner else "list"
    if origin is not None and inner and not isinstance(origin, type):
        return _type(inner[0])
    if origin is not None and inner:
        return f"mapping of {_type(inner[-1])}"
    names = {"str": "text", "bool": "true or false", "int": "whole number", "float": "number", "timedelta": "duration"}
    name = getattr(annotation, "__name__", str(annotation))
    return names.get(name, name)


def _shown(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None or value == "" or value == () or value == {}:
        return ""
    if isinstance(value, BaseModel) or (isinstance(value, tuple) and any(isinstance(one, BaseModel) for one in value)):
        return "see below"
    if isinstance(value, timedelta):
        return f"`{show_duration(value)}`"
    shown = (
        str(list(value)) if isinstance(value, tuple) else str(value).lower() if isinstance(value, bool) else str(value)
    )
    return f"`{shown}`" if len(shown) <= 60 else "see the shipped file"


# --- metrics, tables, environment -------------------------------------------------------------------------------------


def metrics_page() -> str:
    """Every metric with its name in StatsD and in Prometheus."""
    from newswatch.metrics import METRICS

    rows = [
        (f"`airflow.{one.name}`", f"`{one.in_prometheus}`", one.kind, one.unit, one.tag or "", one.help)
        for one in METRICS
    ]
    about = (
        "Sent through Airflow's own metrics: switch on `[metrics] statsd_on` (with `statsd_influxdb_enabled`, for the labels) or "
        "`[metrics] otel_on`. `airflow` is Airflow's prefix, `[metrics] statsd_prefix`. The Prometheus names are those that "
        "statsd_exporter makes without a mapping file; it turns a timer's milliseconds into seconds, with the label `quantile`, "
        "and adds `_sum` and `_count`. `ops/grafana/newswatch.json` is a dashboard of them all."
    )
    return page("Metrics", about, table(("StatsD", "Prometheus", "kind", "counts", "label", ""), rows))


def tables_page() -> str:
    """Every table of our own database, with its columns."""
    from newswatch.storage.tables_all import metadata

    body = []
    for one in metadata.sorted_tables:
        body += [f"## `{one.name}`", "", *([TABLES_ABOUT[one.name], ""] if one.name in TABLES_ABOUT else [])]
        body += table(("column", "type", "", ""), [_column(column) for column in one.columns])
    about = (
        "Newswatch's own PostgreSQL database; Airflow's metadata database is never touched. Times are UTC. Migrations run forward"
        " by themselves, under a lock; a schema of a newer version is refused."
    )
    return page("Tables", about, body)


def _column(column: Any) -> tuple[str, str, str, str]:
    from sqlalchemy.dialects.postgresql import dialect

    marks = ["key"] if column.primary_key else [] if column.nullable else ["not null"]
    marks += [f"→ `{key.target_fullname}`" for key in column.foreign_keys]
    return f"`{column.name}`", f"`{column.type.compile(dialect())}`".lower(), ", ".join(marks), column.comment or ""


def environment_page() -> str:
    """Everything that comes from outside the configuration."""
    from newswatch.runtime.given import CONNECTIONS, VARIABLES

    names = [
        (f"`{one.name}`" + (f" or `{one.name}_FILE`" if one.may_be_file else ""), one.help, one.default)
        for one in VARIABLES
    ]
    connections = [(f"`{one.name}`", one.help, one.default) for one in CONNECTIONS]
    body = [
        "## Environment variables", "", *table(("variable", "what", "where it is not given"), names),
        "## Airflow connections", "", *table(("connection", "what", "where it is not given"), connections),
        "## Airflow variables", "", "None: what decides stands in `config/`, what is secret in the connection.", "",
    ]  # fmt: skip
    about = (
        "What an installation is given from outside, besides `config/`. A name with `_FILE` names a file that holds the value,"
        " as container engines hand over secrets. Airflow's own variables (`AIRFLOW__SECTION__KEY`) are Airflow's to explain."
    )
    return page("Environment, connections, variables", about, body)


# --- DAGs (takes Airflow) ---------------------------------------------------------------------------------------------


def dags_page(bag: Any) -> str:
    """Every DAG with its schedule, Params and tasks. `bag` is Airflow's, with the DAGs of this repository."""
    body = []
    for dag_id in sorted(bag.dags):
        dag = bag.dags[dag_id]
        run_book = "\n".join(
            f"#{line}" if line.startswith("#") else line for line in (dag.doc_md or "").strip().splitlines()
        )
        body += [
            run_book.replace("\n\n", f"\n\n`{dag_id}` · {_schedule(dag)} · tags {', '.join(sorted(dag.tags))}\n\n", 1),
            "",
        ]
        params = [(f"`{name}`", _param_default(one), _param_about(one)) for name, one in _params(dag)]
        body += [*(["**Params**", "", *table(("param", "default", ""), params)] if params else [])]
        body += [
            "**Tasks**",
            "",
            *table(("task", "after", "retries", "longest"), [_task(one) for one in dag.topological_sort()]),
        ]
    about = (
        "When things run. Each text is the run-book that the Airflow UI shows on the DAG's page; each task ends its log with one "
        "sentence, which also stands in XCom as `summary`."
    )
    return page("DAGs", about, body)


def _schedule(dag: Any) -> str:
    if dag.schedule is None:
        return "when triggered"
    return f"every {show_duration(dag.schedule)}" if isinstance(dag.schedule, timedelta) else f"at `{dag.schedule}`"


def _params(dag: Any) -> list[tuple[str, Any]]:
    return [(name, dag.params.get_param(name)) for name in dag.params]


def _param_default(param: Any) -> str:
    return "" if param.value in (None, "") else f"`{param.value}`"


def _param_about(param: Any) -> str:
    return str(param.description or param.schema.get("description") or param.schema.get("title") or "")


def _task(one: Any) -> tuple[str, str, str, str]:
    retries = f"{one.retries}" if one.retries else "none"
    after = ", ".join(f"`{name}`" for name in sorted(one.upstream_task_ids))
    return f"`{one.task_id}`", after, retries, show_duration(one.execution_timeout)


def load_bag() -> Any:
    """The DAGs, loaded by Airflow in a folder of its own."""
    root = FOLDER.parents[1]
    os.environ |= {
        "AIRFLOW_HOME": tempfile.mkdtemp(), "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(root / "dags"), "AIRFLOW__CORE__PLUGINS_FOLDER": str(root / "plugins"),
    }  # fmt: skip
    from airflow.dag_processing.dagbag import BundleDagBag

    return BundleDagBag(dag_folder=root / "dags", bundle_path=root / "dags", bundle_name="dags-folder")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in (pages() | {"dags.md": dags_page(load_bag())}).items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(FOLDER / name, file=sys.stderr)
