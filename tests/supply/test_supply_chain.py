"""What is installed is what was chosen, may be used, and is refused when altered (supply chain; see SECURITY.md)."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from supply.licences import ELSEWHERE, LOCK, PAGE, REPOSITORY, licence_of, locked

GPL = re.compile(r"(?<![LA])GPL|GNU General Public|AGPL|GNU Affero", re.IGNORECASE)
SECRETS = re.compile(
    r"xox[abprs]-[0-9A-Za-z-]{20,}|xapp-[0-9A-Za-z-]{20,}|AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----|ghp_[0-9A-Za-z]{36}"
)


def test_every_wheel_is_pinned_and_has_its_hash() -> None:
    found = locked()
    assert len(found) > 200
    assert {name for name, hashes in found.items() if not hashes} == set()
    loose = [line for line in LOCK.read_text().splitlines() if re.match(r"^[a-z0-9]", line) and "==" not in line]
    assert loose == []


def test_the_lock_names_no_address() -> None:
    assert not re.search(r"https?://|--index|--find-links|--trusted-host", LOCK.read_text())


def test_what_is_installed_by_make_setup_is_checked_against_the_hashes() -> None:
    for file in ("Makefile", "Dockerfile"):
        lines = (REPOSITORY / file).read_text().splitlines()
        installs = [line for line in lines if re.search(r"pip install.* (-r|--requirements) ", line)]
        assert installs and all(re.search(r"--(require|verify)-hashes", line) for line in installs), file


def test_everything_we_ask_for_is_locked() -> None:
    asked = set()
    for file in ("requirements.in", "requirements-dev.in"):
        for line in (REPOSITORY / file).read_text().splitlines():
            if start := re.match(r"^([A-Za-z0-9][A-Za-z0-9._-]*)", line):
                asked.add(re.sub(r"[._]", "-", start.group(1).lower()))
    assert asked - {re.sub(r"[._]", "-", name) for name in locked()} == set()


@pytest.mark.parametrize("name", sorted(locked()))
def test_its_licence_is_listed_and_asks_nothing_of_our_users(name: str) -> None:
    listed = dict(re.findall(r"^\| (\S+) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert name in listed, "run `make licences`"
    found = licence_of(name)
    assert ELSEWHERE in (found, listed[name]) or listed[name] == found, "run `make licences`"
    assert "unknown" not in found
    choices = re.split(r"\bOR\b|;", found.split("(")[0])
    assert any(not GPL.search(choice) for choice in choices), f"{name}: {found}"


def test_no_secret_stands_in_the_repository() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("not a git checkout: there is nothing that could be published by mistake")
    leaks = []
    for name in tracked.stdout.split("\0"):
        path = REPOSITORY / name
        if name and path.suffix not in (".onnx", ".npz", ".png", ".gz") and path.is_file():
            leaks += [f"{name}: {hit}" for hit in SECRETS.findall(path.read_text(encoding="utf-8", errors="replace"))]
    assert leaks == []


def test_the_security_page_says_how_to_look_for_known_weaknesses() -> None:
    said = Path(REPOSITORY / "SECURITY.md").read_text(encoding="utf-8")
    assert "pip-audit -r requirements.lock --require-hashes --disable-pip" in said
