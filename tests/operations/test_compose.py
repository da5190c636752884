"""Does docker-compose.yml hold together: schema, paths, versions, secrets, profiles, and every word of Airflow's in it?"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from newswatch import __version__
from newswatch.runtime.given import VARIABLES
from operations.image import IMAGE

REPOSITORY = Path(__file__).resolve().parents[2]
TEXT = (REPOSITORY / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = YAML(typ="safe", pure=True).load(TEXT)
SERVICES: dict[str, Any] = COMPOSE["services"]
PROFILES = ("local", "celery", "metrics")
OF_AIRFLOW = {name: one for name, one in SERVICES.items() if one["image"].startswith("newswatch:")}
COMMANDS = {"api-server", "scheduler", "dag-processor", "triggerer", "celery worker --concurrency 4"}


def made_variables() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("make_env", REPOSITORY / "ops/make_env.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: dict[str, str] = module.make()
    return made


def environment(service: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in service.get("environment", {}).items()}


def test_it_keeps_the_schema_of_the_compose_specification() -> None:
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        "docker-compose.yml",
    ]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


def test_the_image_is_ours_and_of_this_version() -> None:
    assert {one["image"] for one in OF_AIRFLOW.values()} == {f"newswatch:{__version__}"}
    assert f"docker build -t newswatch:{__version__} ." in (REPOSITORY / "Dockerfile").read_text()
    assert {one["build"] for one in OF_AIRFLOW.values()} == {"."}


def test_the_database_is_the_version_that_everything_is_tested_with() -> None:
    from newswatch.runtime.postgres import _wheel

    assert SERVICES["postgres"]["image"] == f"postgres:{_wheel().TARGET_POSTGRES_VERSION}"
    assert "postgres:/var/lib/postgresql" in SERVICES["postgres"]["volumes"]


@pytest.mark.parametrize("profile", ["local", "celery"])
def test_a_profile_has_every_component_once_and_waits_for_nothing_outside_it(profile: str) -> None:
    running = {name: one for name, one in SERVICES.items() if profile in one["profiles"]}
    commands = sorted(one["command"] for one in running.values() if isinstance(one.get("command"), str))
    workers = ["celery worker --concurrency 4"] * 2 if profile == "celery" else []

    assert commands == sorted(["api-server", "dag-processor", "scheduler", "triggerer", *workers])
    assert {"postgres", "init"} <= set(running) and ("redis" in running) == (profile == "celery")
    for name, one in running.items():
        assert set(one.get("depends_on", {})) <= set(running), name


def test_executors_fit_the_profile() -> None:
    for name, one in OF_AIRFLOW.items():
        in_celery = one["profiles"] == ["celery"]
        env = environment(one)
        assert (env["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor") == in_celery, name
        assert ("AIRFLOW__CELERY__BROKER_URL_CMD" in env) == in_celery == ("broker_url" in one["secrets"]), name


def test_every_path_is_there() -> None:
    volumes = COMPOSE["volumes"]
    for name, one in SERVICES.items():
        for volume in one.get("volumes", []):
            source, target = volume.split(":")[:2]
            assert (REPOSITORY / source).exists() if source.startswith("./") else source in volumes, (name, volume)
            assert target.startswith("/")
    ours = OF_AIRFLOW["scheduler"]["volumes"]
    assert f"./config:{IMAGE.env['NEWSWATCH_CONFIG']}" in ours
    assert f"state:{IMAGE.env['NEWSWATCH_HOME']}" in ours
    assert set(volumes) == {volume.split(":")[0] for one in SERVICES.values() for volume in one.get("volumes", [])} - {
        volume.split(":")[0]
        for one in SERVICES.values()
        for volume in one.get("volumes", [])
        if volume.startswith("./")
    }


def test_secrets_come_as_files_and_every_one_that_is_read_is_there() -> None:
    declared = COMPOSE["secrets"]
    for name, one in SERVICES.items():
        words = " ".join([*environment(one).values(), str(one.get("command", "")), str(one.get("healthcheck", ""))])
        read = set(re.findall(r"/run/secrets/(\w+)", words))
        assert read <= set(one.get("secrets", [])) <= set(declared), name
        for variable, value in environment(one).items():
            if re.search("PASSWORD|SECRET|TOKEN|KEY|CONN|_URL", variable) and not variable.endswith(
                ("BASE_URL", "SERVER_URL")
            ):
                assert variable.endswith(("_CMD", "_FILE")) and "/run/secrets/" in value, (name, variable)
    assert set(declared) == {secret for one in SERVICES.values() for secret in one.get("secrets", [])}


def test_every_variable_is_made_by_make_env_or_has_a_default() -> None:
    made = made_variables()
    asked = {match[1]: match[2] for match in re.finditer(r"(?<!\$)\$\{(\w+)(:-[^}]*)?\}", TEXT)}
    sources = {one["environment"] for one in COMPOSE["secrets"].values()}

    assert sources <= set(made)
    assert all(default or name in made for name, default in asked.items())
    assert set(made) - {"COMPOSE_PROFILES"} <= sources | set(asked), "made, but read by nobody"


def test_what_make_env_prints_fits_together() -> None:
    made = made_variables()

    assert (
        made["POSTGRES_PASSWORD"] in made["AIRFLOW_DATABASE_URL"]
        and made["POSTGRES_PASSWORD"] in made["NEWSWATCH_DATABASE_URL"]
    )
    assert made["NEWSWATCH_DATABASE_URL"].endswith("@postgres/newswatch")
    assert made["REDIS_PASSWORD"] in made["BROKER_URL"]
    assert len(made["JWT_SECRET"]) >= 64 and len(made["FERNET_KEY"]) == 44 and len(made["FEED_TOKEN"]) >= 24
    assert made["AIRFLOW_UID"] != "0"
    assert made["COMPOSE_PROFILES"] in PROFILES
    assert not [value for value in made.values() if re.search(r"[\s'\"$#]", value)], (
        "a value would need quoting in .env"
    )
    again = made_variables()
    assert again["FERNET_KEY"] != made["FERNET_KEY"]


def test_every_word_of_airflows_exists(inside: dict[str, Any]) -> None:
    for name, one in OF_AIRFLOW.items():
        for variable in environment(one):
            if variable.startswith("AIRFLOW__"):
                option = ".".join(variable.removesuffix("_CMD").lower().split("__")[1:])
                assert option in inside["options"], (name, variable)
                assert not variable.endswith("_CMD") or option in inside["sensitive"], (
                    f"{variable}: no command may give it"
                )
        if isinstance(one["command"], str):
            assert one["command"].split()[0] in inside["commands"], name


def test_variables_of_ours_are_documented_ones() -> None:
    known = {name for one in VARIABLES for name in (one.name, f"{one.name}_FILE" if one.may_be_file else one.name)}
    for name, one in OF_AIRFLOW.items():
        assert {variable for variable in environment(one) if variable.startswith("NEWSWATCH_")} <= known, name


def test_nothing_is_open_to_the_network_unasked() -> None:
    ports = [port for one in SERVICES.values() for port in one.get("ports", [])]

    assert len(ports) == 2
    assert all(port.startswith(("127.0.0.1:", "${NEWSWATCH_BIND:-127.0.0.1:")) for port in ports)


def test_every_service_that_stays_is_watched() -> None:
    watched = {name for name, one in SERVICES.items() if "healthcheck" in one}

    assert watched >= set(OF_AIRFLOW) | {"postgres", "redis"}
    assert SERVICES["init"]["restart"] == "no"


def test_prometheus_asks_the_exporter_and_grafana_is_given_the_dashboard() -> None:
    yaml = YAML(typ="safe", pure=True)
    scrape = yaml.load((REPOSITORY / "ops/prometheus/prometheus.yml").read_text())
    source = yaml.load((REPOSITORY / "ops/grafana/provisioning/datasources/prometheus.yaml").read_text())
    boards = yaml.load((REPOSITORY / "ops/grafana/provisioning/dashboards/newswatch.yaml").read_text())

    (target,) = scrape["scrape_configs"][0]["static_configs"][0]["targets"]
    assert target.split(":")[0] in SERVICES
    assert source["datasources"][0]["url"].split("/")[-1].split(":")[0] in SERVICES
    folder = boards["providers"][0]["options"]["path"]
    assert f"./ops/grafana/newswatch.json:{folder}/newswatch.json:ro" in SERVICES["grafana"]["volumes"]
    assert environment(OF_AIRFLOW["scheduler"])["AIRFLOW__METRICS__STATSD_HOST"] in SERVICES
