"""Where does this installation keep what it makes? One folder, ignored by git, named by NEWSWATCH_HOME."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]


def home() -> Path:
    """The folder for databases, logs and secrets: NEWSWATCH_HOME, else `.newswatch` beside the code."""
    return Path(os.environ.get("NEWSWATCH_HOME") or REPOSITORY / ".newswatch").expanduser().resolve()


def config_folder() -> Path:
    """The folder of the YAML files: NEWSWATCH_CONFIG, else `config` beside the code."""
    return Path(os.environ.get("NEWSWATCH_CONFIG") or REPOSITORY / "config").expanduser().resolve()


def model_folder() -> Path:
    """The folder of the trained model: NEWSWATCH_MODEL, else the one in the repository."""
    return Path(os.environ.get("NEWSWATCH_MODEL") or REPOSITORY / "seeds" / "model").expanduser().resolve()


def seeds_folder() -> Path:
    """The folder of labelled articles that every training begins from: NEWSWATCH_SEEDS, else the one in the repository."""
    return Path(os.environ.get("NEWSWATCH_SEEDS") or REPOSITORY / "seeds" / "articles").expanduser().resolve()
