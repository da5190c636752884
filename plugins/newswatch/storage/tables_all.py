"""Every table we have, on one metadata: import this to create, migrate or compare the whole schema."""

from __future__ import annotations

from newswatch.storage import tables_alerts, tables_pages, tables_stories, tables_tuning
from newswatch.storage.tables import metadata

__all__ = ["metadata", "tables_alerts", "tables_pages", "tables_stories", "tables_tuning"]
