"""Which settings, model and thresholds are in force? Those of the files may be newer than the last run, or broken."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

from fastapi import HTTPException
from pydantic import ValidationError

from newswatch.settings import FILES, ClassifierFile
from newswatch.steps.config_life import ConfigState, config_state
from newswatch.steps.model_life import folder_of
from newswatch.storage.revisions import find_latest_revision
from newswatch.storage.session import Connection
from newswatch.storage.tuning.models import get_model
from newswatch.web.manifest import read_manifest
from newswatch.web.site import Site

Look = tuple[tuple[int, int], ...]
_read: dict[tuple[str, Path], tuple[Look, ConfigState]] = {}
_reading = threading.Lock()


def classifier_in_force(site: Site) -> ClassifierFile:
    """config/classifier.yaml as it was last run with; the defaults before the first run."""
    with site.db.read() as connection:
        content = find_latest_revision(connection, "config")
    try:
        return ClassifierFile.model_validate((content or {}).get("classifier", {}))
    except ValidationError:  # kept by another version
        return ClassifierFile()


def config_files(site: Site) -> ConfigState:
    """The configuration as it stands in the files. Parsing takes a second, so files that look the same are not read again.

    Raises ConfigError when they cannot be used and there is no revision to fall back on.
    """
    look = tuple(_look(site.config_folder / f"{name}.yaml") for name in FILES)
    place = (str(site.db.url), site.config_folder)
    with _reading:
        known = _read.get(place)
        if known is None or known[0] != look or known[1].trouble:
            known = _read[place] = (look, config_state(site.db, site.config_folder))
    return known[1]


def _look(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


def champion_folder(site: Site, connection: Connection) -> Path:
    """The folder of the model in force: the one promoted last, or the one that came with the code."""
    champion = get_model(connection, state="champion")
    return folder_of(champion) if champion and champion.folder else site.model_folder


def own_thresholds(site: Site) -> Mapping[str, float]:
    """The thresholds the model in force was trained to; none without a readable model."""
    with site.db.read() as connection:
        folder = champion_folder(site, connection)
    manifest, _ = read_manifest(folder)
    return (manifest or {}).get("thresholds") or {}


def thresholds_in_force(site: Site) -> dict[str, float]:
    """The threshold of every signal: the configuration's, else the model's own. Raises HTTPException 404 without a model."""
    own = own_thresholds(site)
    if not own:
        raise HTTPException(404, "There is no trained model here, so nothing can be found. Train one: newswatch train.")
    return {signal: float(one) for signal, one in (dict(own) | config_files(site).settings.signals.thresholds).items()}
