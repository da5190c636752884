"""A Slack in a process of its own, and the image laid out once for all who look into it."""

from __future__ import annotations

from typing import Any

import pytest

from acceptance.conftest import slack
from operations.image import look_inside

__all__ = ["slack"]


@pytest.fixture(scope="session")
def inside(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a component of the image sees; `root` is where it is laid out."""
    return look_inside(tmp_path_factory.mktemp("image"))
