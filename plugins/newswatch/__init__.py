"""Newswatch: news monitoring for escalation, on Apache Airflow."""

__version__ = "0.1.0"
