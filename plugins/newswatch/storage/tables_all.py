"""Every table we have, on one metadata: import this to create, migrate or compare the whole schema."""

from __future__ import annotations

from newswatch.storage.tables import metadata

__all__ = ["metadata"]
