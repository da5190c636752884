"""Which assets do our DAGs pass on? Their names mean nothing outside; a DAG waits for one, another says that it is there."""

from __future__ import annotations

from airflow.sdk import Asset

APPROVED_LABELS = Asset("x-newswatch://labels/approved")
"""Enough newly approved labels have come for a training (`training.new_labels` in config/newswatch.yaml)."""
