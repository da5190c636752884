"""How are article pages downloaded and read?"""

from __future__ import annotations

import os

from pydantic import BaseModel, ConfigDict, Field


class ArticleSettings(BaseModel):
    """Section `articles` of config/newswatch.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threads: int = Field(default=32, ge=1, le=256, description="Pages downloaded at the same time by one task.")
    host_pause_seconds: float = Field(
        default=5.0,
        ge=0,
        le=600,
        description="Rest between two requests to one host. None for hosts in network.allow_private.",
    )
    longest_crawl_delay_seconds: float = Field(
        default=30.0, ge=0, le=600, description="A longer Crawl-delay in robots.txt is obeyed up to this."
    )
    max_megabytes: float = Field(default=5.0, gt=0, le=50, description="Largest page accepted, after decompression.")
    children: int = Field(
        default=0,
        ge=0,
        le=64,
        description="Processes that extract text for one reading task; 0 shares the machine's cores among a run's tasks.",
    )
    extract_cpu_seconds: int = Field(
        default=10,
        ge=1,
        le=120,
        description="Processor time one page may take; then its process is killed and replaced.",
    )
    extract_memory_megabytes: int = Field(
        default=1024, ge=256, le=16_384, description="Memory an extracting process may take; beyond it, the page fails."
    )
    shortest_text: int = Field(
        default=200, ge=1, description="Characters below which a page's text is a stub, and the feed's own is used."
    )
    longest_text: int = Field(default=200_000, ge=1000, description="Characters kept of a page's text.")

    @property
    def max_bytes(self) -> int:
        """`max_megabytes` in bytes."""
        return int(self.max_megabytes * 1024 * 1024)

    def child_count(self, tasks: int = 1) -> int:
        """`children`, or this task's part of the cores when so many `tasks` read side by side; at least one."""
        return self.children or max(1, len(os.sched_getaffinity(0)) // tasks)
