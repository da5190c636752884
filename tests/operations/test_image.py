"""No container engine runs where these tests do, so what the image would hold is laid out in folders and run from there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from newswatch import __version__
from newswatch.runtime.given import VARIABLES
from operations.image import IMAGE

REPOSITORY = Path(__file__).resolve().parents[2]
OURS = {name for one in VARIABLES for name in (one.name, f"{one.name}_FILE" if one.may_be_file else one.name)}


def test_versions_agree() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    match = re.fullmatch(r"apache/airflow:([\d.]+)-python3\.(\d+)", IMAGE.base)

    assert match, IMAGE.base
    assert f"\napache-airflow=={match[1]}\n" in (REPOSITORY / "requirements.in").read_text()
    assert f"\napache-airflow=={match[1]} " in (REPOSITORY / "requirements.lock").read_text()
    assert project["requires-python"] == ">=3.11,<3.14" and 11 <= int(match[2]) <= 13
    assert project["version"] == __version__


def test_it_is_not_root_and_holds_no_secret() -> None:
    assert IMAGE.user == "50000:0"
    assert not [name for name in IMAGE.env if re.search("KEY|SECRET|PASSWORD|TOKEN|CONN", name)]


def test_every_source_is_in_the_repository_and_in_the_build_context() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    allowed = [line[1:] for line in (REPOSITORY / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for sources, _ in IMAGE.copies:
        for source in sources:
            assert any(file == source or file.startswith(f"{source}/") for file in tracked), source
            assert any(source == one or source.startswith(f"{one}/") for one in allowed), (
                f"{source} is not in the build context"
            )


def test_every_variable_of_ours_is_a_documented_one() -> None:
    assert {name for name in IMAGE.env if name.startswith("NEWSWATCH_")} <= OURS


def test_everything_a_component_needs_loads_without_what_tests_need(inside: dict[str, Any]) -> None:
    assert inside["import_errors"] == {} and inside["broken"] == {}
    assert inside["dags"] == sorted(path.stem for path in (REPOSITORY / "dags").glob("*.py"))
    assert "newswatch" in inside["plugins"] and inside["preloaded"]
    assert inside["newswatch"].startswith(inside["root"]) and inside["home"].startswith(inside["root"])
    assert inside["secret"] == "from-a-file"
    packages = {path.name for path in Path(inside["root"], "home/airflow/.local/lib").glob("python3*/site-packages/*")}
    assert not packages & {"pytest", "mypy", "playwright", "stix2"}


def test_every_option_of_airflow_exists(inside: dict[str, Any]) -> None:
    named = [name for name in IMAGE.env if name.startswith("AIRFLOW__")]

    assert named
    for name in named:
        _, section, key = name.lower().split("__", 2)
        assert f"{section}.{key}" in inside["options"], name


def test_the_command_and_the_health_check_answer(inside: dict[str, Any], database) -> None:
    url = database.url.render_as_string(hide_password=False)
    secret = Path(inside["root"], "run/secrets/url")
    secret.write_text(f"{url}\n")
    well = inside["env"] | {
        "NEWSWATCH_DATABASE_URL_FILE": str(secret),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD": f"awk 1 ORS= {secret}",
    }
    ill = well | {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD": "echo postgresql+psycopg2://nobody@127.0.0.1:1/none"}

    def run(*words: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, env=env, capture_output=True, text=True, timeout=60)

    assert run(*IMAGE.check, env=well).returncode == 0
    refused = run(*IMAGE.check, env=ill)
    assert refused.returncode == 1 and "does not answer" in refused.stderr
    command = Path(inside["root"], "home/airflow/.local/bin/newswatch")
    assert run(str(command), "--version", env=well).stdout == f"newswatch {__version__}\n"
    assert run(str(command), "db", "migrate", env=well).returncode == 0


def test_a_wheel_that_differs_from_the_lock_is_refused(tmp_path: Path) -> None:
    uv = shutil.which("uv", path=f"{REPOSITORY / '.venv/bin'}:{os.environ['PATH']}")
    lock = re.sub(r"sha256:[0-9a-f]{8}", "sha256:00000000", (REPOSITORY / "requirements.lock").read_text())
    (tmp_path / "requirements.lock").write_text(lock)
    (tmp_path / "requirements.in").write_text("protego\n")
    subprocess.run([uv, "venv", "--quiet", tmp_path / "venv"], check=True)
    words = ["--verify-hashes", "--requirements", "requirements.in", "--constraints", "requirements.lock"]
    env = {**os.environ, "VIRTUAL_ENV": str(tmp_path / "venv")}
    done = subprocess.run(
        [uv, "pip", "install", *words], env=env, cwd=tmp_path, capture_output=True, text=True, timeout=120
    )

    assert "--verify-hashes" in IMAGE.runs[0] and "--constraints" in IMAGE.runs[0]
    assert done.returncode != 0 and "Hash mismatch" in done.stderr


@pytest.mark.skipif(
    not shutil.which("hadolint"), reason="hadolint is not installed; `make lint-image` fetches and runs it"
)
def test_hadolint_finds_nothing() -> None:
    done = subprocess.run(["hadolint", "Dockerfile"], cwd=REPOSITORY, capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (0, "")
