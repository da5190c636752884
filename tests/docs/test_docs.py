"""Nothing that the pages name may be made up: every command, option, setting, file, variable and link is there."""

from __future__ import annotations

import importlib.util
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from docs.words import REPOSITORY, all_words, calls, fences, written_pages
from newswatch.metrics import METRICS
from newswatch.runtime.given import CONNECTIONS, VARIABLES
from newswatch.settings import FILES

WORDS = all_words()
YAMLS = YAML(typ="safe", pure=True)
GLOBAL = {"--version", "--help", "-h", "--install-completion", "--show-completion"}
ELSEWHERE = (
    "/newswatch/",
    "/api/",
    "/opt/",
    "/backups/",
    "/tmp/",
    "/invite",
    "/work",
)  # on the web, in containers, examples


def load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


REFERENCE = load(REPOSITORY / "docs" / "make_reference.py")
COMMANDS: dict[str, Any] = dict(REFERENCE.all_commands())
SETTINGS = {name.partition(": ")[2] for name in REFERENCE.all_settings()}


@pytest.mark.parametrize("name", ["commands.md", "settings.md", "metrics.md", "tables.md", "environment.md"])
def test_the_reference_is_current(name: str) -> None:
    assert (REPOSITORY / "docs/reference" / name).read_text() == REFERENCE.pages()[name], "write it anew: make docs"


def test_every_setting_and_command_explains_itself() -> None:
    assert [name for name, about in REFERENCE.all_settings().items() if not about] == []
    assert [name for name, command in COMMANDS.items() if not command.help] == []
    assert [
        name
        for name, command in COMMANDS.items()
        if "Example: newswatch" not in command.help and "newswatch " not in command.help
    ] == []


def why_not_a_command(called: list[str]) -> str | None:
    """What is wrong with the words after `newswatch`, or None."""
    name, rest = "newswatch", list(called)
    while rest and is_step(f"{name} {rest[0]}"):
        name = f"{name} {rest.pop(0)}"
    options = [word.partition("=")[0] for word in rest if word.startswith("-") and word != "-"]
    if name not in COMMANDS:
        whole = any(known.startswith(f"{name} ") for known in COMMANDS) and not [
            one for one in rest if not one.startswith("-")
        ]
        return None if whole and set(options) <= GLOBAL else f"{' '.join(called)}: no such command"
    known = {
        option for parameter in COMMANDS[name].params for option in (*parameter.opts, *parameter.secondary_opts)
    } | GLOBAL
    unknown = [option for option in options if option not in known]
    return f"{' '.join(called)}: no option {unknown}" if unknown else None


def is_step(name: str) -> bool:
    return any(known == name or known.startswith(f"{name} ") for known in COMMANDS)


def test_every_command_that_a_page_names_is_there() -> None:
    wrong = []
    for word in WORDS:
        if word.block in ("yaml", "json"):
            continue
        for called in calls(word.text, "newswatch"):
            if called and called[0] not in ("…", "cd") and (word.block is not None or called[0][0].islower()):
                wrong.append((word.page, why_not_a_command(called)))
    assert [one for one in wrong if one[1]] == []
    assert len(wrong) > 40, "the pages name commands, or this test has gone blind"


def test_examples_in_the_help_are_commands() -> None:
    examples = [example for command in COMMANDS.values() for example in re.findall(r"Example: (.+)", command.help)]
    wrong = [
        why for example in examples for called in calls(example, "newswatch") if (why := why_not_a_command(called))
    ]

    assert wrong == [] and len(examples) > 20


@pytest.mark.parametrize(
    "line", ["newswatch fedes list", "newswatch silence add a=b --hours 6", "newswatch export alerts --form stix"]
)
def test_this_test_would_see_it(line: str) -> None:
    (called,) = calls(line, "newswatch")

    assert why_not_a_command(called)


def test_every_target_of_make_is_there() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {
        called[0]
        for word in WORDS
        for called in calls(word.text, "make")
        if called and word.text.startswith(("make", "git")) and "=" not in called[0]
    }

    assert named <= targets, named - targets
    assert {"demo", "test", "check", "docs", "up"} <= named


def test_every_setting_that_a_page_names_is_there() -> None:
    roots = {name.split(".")[0].removesuffix("[]") for name in SETTINGS}
    wrong, seen = [], 0
    for word in WORDS:
        if (
            word.block is None
            and re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", word.text)
            and not word.text.endswith(".yaml")
            and word.text.split(".")[0] in roots
        ):
            seen += 1
            names = {name.replace("[]", "") for name in SETTINGS}
            if word.text not in names and not any(name.startswith(f"{word.text}.") for name in names):
                wrong.append((word.page, word.text))
    assert wrong == [] and seen > 25


def test_every_metric_that_a_page_names_is_there() -> None:
    known = {one.name for one in METRICS}
    named = {
        word.text
        for word in WORDS
        if re.fullmatch(r"newswatch(\.[a-z]+)+", word.text) and word.page.endswith("operate.md")
    }

    assert named and named <= known


def test_every_variable_is_known_and_every_known_one_is_read() -> None:
    texts = [path.read_text() for path in written_pages()]
    made = set(re.findall(r'"([A-Z_]+)":', (REPOSITORY / "ops/make_env.py").read_text()))
    known = {name for one in VARIABLES for name in (one.name, f"{one.name}_FILE")}
    named = {name for text in texts for name in re.findall(r"\b(?:NEWSWATCH|SLACK)_[A-Z_]+[A-Z]", text)}
    tests = "\n".join(path.read_text() for path in (REPOSITORY / "tests").rglob("test_*.py"))
    asked = set(re.findall(r'environ\.get\("(NEWSWATCH_[A-Z_]+)"\)', tests))
    assert named <= known | made | asked, named - known - made - asked

    code = "\n".join(path.read_text() for path in (REPOSITORY / "plugins").rglob("*.py") if path.name != "given.py")
    read = set(re.findall(r'"((?:NEWSWATCH|SLACK)_[A-Z_]+)"', code))
    assert {one.name for one in VARIABLES} == {name for name in read if not name.endswith("_FILE")} - {
        "SLACK_CONNECTION"
    }
    connections = set(re.findall(r'^SLACK_CONNECTION = "(\w+)"', code, re.MULTILINE))
    assert connections == {one.name for one in CONNECTIONS}


def test_every_option_of_airflows_is_there() -> None:
    spec = importlib.util.find_spec("airflow")
    assert spec and spec.submodule_search_locations
    options = YAMLS.load((Path(spec.submodule_search_locations[0]) / "config_templates/config.yml").read_text())
    options |= load(
        Path(spec.submodule_search_locations[0]) / "providers/celery/get_provider_info.py"
    ).get_provider_info()["config"]
    named = {name for path in written_pages() for name in re.findall(r"AIRFLOW__[A-Z_]+", path.read_text())}

    for name in named - {"AIRFLOW__SECTION__KEY"}:
        _, section, key = name.lower().split("__")
        assert key in options[section]["options"], name


def test_every_file_that_a_page_names_is_there() -> None:
    top = {one.name for one in REPOSITORY.iterdir()} - {".newswatch", ".venv"}
    paths = {(word.page, word.text.split(" ")[0]) for word in WORDS if word.block is None and "/" in word.text}
    ours = {
        (page, path)
        for page, path in paths
        if path.split("/")[0] in top
        and not path.startswith(ELSEWHERE)
        and "::" not in path  # tests/test_fault_matrix.py
    }

    assert [(page, path) for page, path in ours if not list(REPOSITORY.glob(path))] == []
    assert len(ours) > 15


def test_every_link_leads_somewhere() -> None:
    wrong = []
    for page in [*written_pages(), *(REPOSITORY / "docs/reference").glob("*.md")]:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
            if (
                not target.startswith(("http", "#", "mailto:"))
                and not (page.parent / target.partition("#")[0]).exists()
            ):
                wrong.append((page.name, target))
    assert wrong == []


def test_every_page_is_reached_from_the_first() -> None:
    index = (REPOSITORY / "docs/index.md").read_text()
    pages = {path.relative_to(REPOSITORY / "docs").as_posix() for path in (REPOSITORY / "docs").rglob("*.md")} - {
        "index.md"
    }

    assert pages == set(re.findall(r"\]\(([^)]+\.md)\)", index))
    assert "docs/index.md" in (REPOSITORY / "README.md").read_text()


def test_configurations_in_the_pages_are_valid() -> None:
    """A fence that begins with the name of a file is laid over that file as it is shipped."""
    checked = 0
    for _, block in fences("yaml"):
        named = re.match(r"# config/(\w+)\.yaml\n", block)
        if not named:
            continue
        shipped = YAMLS.load((REPOSITORY / f"config/{named[1]}.yaml").read_text())
        FILES[named[1]].model_validate(shipped | YAMLS.load(block))
        checked += 1
    assert checked, "the tutorial has one"


def test_the_slack_app_can_do_what_we_ask_of_it() -> None:
    from newswatch.doctor.judge import DRAWING, READING, SENDING
    from newswatch.web.slack_actions import PATH

    manifest = (REPOSITORY / "docs/slack-app-manifest.yaml").read_text()
    tutorial = (REPOSITORY / "docs/tutorial.md").read_text()

    assert f"```yaml\n{manifest}```" in tutorial
    assert YAMLS.load(manifest)["oauth_config"]["scopes"]["bot"] == [SENDING, *READING, DRAWING]
    assert f"https://YOUR.HOST/newswatch{PATH}`" in tutorial
    assert 'PREFIX = "/newswatch"' in (REPOSITORY / "plugins/newswatch_plugin.py").read_text()


@pytest.mark.parametrize("name", ["newswatch", "classifier", "alerts"])
def test_every_line_of_the_configuration_is_explained_where_it_stands(name: str) -> None:
    """By a comment on the line, or right above it; rows of a list and values of a mapping share that of their key."""
    explained, bare = -1, []
    before = ""
    for number, line in enumerate((REPOSITORY / f"config/{name}.yaml").read_text().splitlines(), 1):
        indent = len(line) - len(line.lstrip())
        if not line.strip() or line.lstrip().startswith("#"):
            before = line.strip() or before
            continue
        if "#" in line or before.startswith("#"):
            explained = indent
        elif indent <= explained or explained < 0:
            bare.append((number, line))
        before = line.strip()
    assert bare == []


@pytest.mark.parametrize("name", ["newswatch", "classifier"])
def test_the_shipped_files_hold_every_setting_there_is(name: str) -> None:
    def keys(value: Any, prefix: str = "") -> set[str]:
        if not isinstance(value, dict):
            return set()
        return {f"{prefix}{key}" for key in value} | {
            one for key in value for one in keys(value[key], f"{prefix}{key}.")
        }

    shipped = keys(YAMLS.load((REPOSITORY / f"config/{name}.yaml").read_text()))
    declared = {
        one.partition(": ")[2] for one in REFERENCE.all_settings() if one.startswith(f"{name}: ") and "[]" not in one
    }
    assert declared - shipped == set()


def run(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "newswatch", *words]
    return subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, timeout=60)


def test_version_help_and_completion() -> None:
    from newswatch import __version__

    assert run("--version").stdout == f"newswatch {__version__}\n"
    script = run(_NEWSWATCH_COMPLETE="source_bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1").stdout
    assert "newswatch" in script


def at_a_terminal(*words: str, **env: str) -> str:
    """What a person at a terminal sees, escape sequences and all."""
    reader, writer = pty.openpty()
    command = [sys.executable, "-m", "newswatch", *words]
    with subprocess.Popen(
        command, env={**os.environ, "TERM": "xterm-256color", **env}, stdout=writer, stderr=writer
    ) as done:
        os.close(writer)
        seen = b""
        while True:
            try:
                piece = os.read(reader, 65_536)
            except OSError:  # the other end is closed: the command has ended
                break
            if not piece:
                break
            seen += piece
    os.close(reader)
    assert done.returncode is not None
    return seen.decode()


def test_colours_where_they_are_wanted_and_none_where_not(tmp_path: Path) -> None:
    """no-color.org: any value of NO_COLOR switches colours off."""
    words, home = ("doctor", "--port", "1"), {"NEWSWATCH_HOME": str(tmp_path), "NEWSWATCH_DATABASE_URL": ""}

    assert "\x1b[3" in at_a_terminal(*words, **home)
    plain = at_a_terminal(*words, NO_COLOR="1", **home)
    assert "\x1b[3" not in plain and "broken" in plain, "the word stands where the colour was"


def test_an_error_is_one_sentence_on_stderr_with_exit_code_2(tmp_path: Path) -> None:
    done = run("config", "check", str(tmp_path))

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("newswatch: ") and "Traceback" not in done.stderr


def test_versions_agree() -> None:
    from newswatch import __version__

    changelog = (REPOSITORY / "CHANGELOG.md").read_text()
    assert f'version = "{__version__}"' in (REPOSITORY / "pyproject.toml").read_text()
    assert re.search(r"^## (Unreleased|\d+\.\d+\.\d+)", changelog, re.MULTILINE)
