"""The Dockerfile as values, and its image as folders: what a component would find, without a container engine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("inside_the_image.py")


@dataclass(frozen=True)
class Image:
    """What the Dockerfile says, instruction by instruction."""

    base: str
    runs: tuple[str, ...]
    copies: tuple[tuple[tuple[str, ...], str], ...]  # sources, target
    env: dict[str, str]
    user: str
    check: list[str]


def read_image() -> Image:
    """The Dockerfile, its continued lines joined."""
    text = re.sub(
        r"\\\n",
        " ",
        "\n".join(line for line in (REPOSITORY / "Dockerfile").read_text().splitlines() if not line.startswith("#")),
    )
    found: dict[str, list[str]] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        instruction, _, rest = line.partition(" ")
        found.setdefault(instruction, []).append(rest.strip())
    copies = []
    for line in found["COPY"]:
        *sources, target = [word for word in line.split() if not word.startswith("--")]
        copies.append((tuple(sources), target))
    env = dict(re.findall(r"(\w+)=(\S+)", " ".join(found["ENV"])))
    check = json.loads(found["HEALTHCHECK"][0].partition("CMD ")[2])
    return Image(found["FROM"][0], tuple(found["RUN"]), tuple(copies), env, found["USER"][-1], check)


IMAGE = read_image()


def look_inside(root: Path) -> dict[str, Any]:
    """What a component of the image sees in `root`: its packages from the lock, its folders, its environment."""
    python = install(root)
    lay_out(root)
    env = {name: moved(value, root) for name, value in IMAGE.env.items()} | {
        "PATH": f"{python.parent}:{os.environ['PATH']}",
        "HOME": str(root / "home/airflow"),
        "AIRFLOW_HOME": str(root / "opt/airflow"),
        "AIRFLOW__CORE__FERNET_KEY_CMD": f"awk 1 ORS= {root}/run/secrets/fernet_key",
    }
    (root / "run/secrets").mkdir(parents=True)
    (root / "run/secrets/fernet_key").write_text("from-a-file\n")
    done = subprocess.run(
        [python, SCRIPT], env=env, cwd=root / "opt/airflow", capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told | {"root": str(root), "python": str(python), "env": env}


def install(root: Path) -> Path:
    """The packages, by the same command as in the Dockerfile, into a virtual environment of their own."""
    uv = shutil.which("uv", path=f"{REPOSITORY / '.venv/bin'}:{os.environ['PATH']}")
    assert uv, "`make setup` installs uv"
    (command,) = re.findall(r"uv pip install [^&]+", IMAGE.runs[0])
    words = command.replace("/opt/newswatch", str(REPOSITORY)).replace(" --no-cache", "").split()
    venv = root / "home/airflow/.local"
    quiet = {"env": {**os.environ, "VIRTUAL_ENV": str(venv)}, "capture_output": True, "text": True, "timeout": 300}
    subprocess.run([uv, "venv", "--quiet", venv], check=True, **quiet)
    done = subprocess.run([uv, *words[1:]], check=False, **quiet)
    assert done.returncode == 0, done.stderr[-3000:]
    return venv / "bin/python"


def lay_out(root: Path) -> None:
    for sources, target in IMAGE.copies:
        for source in map(REPOSITORY.joinpath, sources):
            place = root / PurePosixPath(target).relative_to("/")
            if source.is_dir():
                shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
                continue
            place = place / source.name if target.endswith("/") or len(sources) > 1 else place
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, place)


def moved(value: str, root: Path) -> str:
    return re.sub(r"/opt/", f"{root}/opt/", value)
