"""Imported by every Airflow process; imports our heavy libraries once in those that fork task processes.

Measured: a task that imports scikit-learn and trafilatura itself spends 3.4 CPU-seconds on it, a forked one 0.2. Imports
only: a parent that has *run* OpenMP work before it forks leaves its children hanging.
"""

import sys

FORKING = ("scheduler", "celery")

if sys.argv[1:2] and sys.argv[1] in FORKING:
    import feedparser  # noqa: F401  # imported for the children
    import onnxruntime  # noqa: F401  # imported for the children
    import trafilatura  # noqa: F401  # imported for the children
