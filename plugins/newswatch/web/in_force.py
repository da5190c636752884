"""Which classifier settings did the last run use? Those of the files may be newer, or broken."""

from __future__ import annotations

from pydantic import ValidationError

from newswatch.settings import ClassifierFile
from newswatch.storage.revisions import find_latest_revision
from newswatch.web.site import Site


def classifier_in_force(site: Site) -> ClassifierFile:
    """config/classifier.yaml as it was last run with; the defaults before the first run."""
    with site.db.read() as connection:
        content = find_latest_revision(connection, "config")
    try:
        return ClassifierFile.model_validate((content or {}).get("classifier", {}))
    except ValidationError:  # kept by another version
        return ClassifierFile()
