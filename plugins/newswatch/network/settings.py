"""Which bounds hold for every request to a stranger's server?"""

from __future__ import annotations

import ipaddress

from pydantic import BaseModel, ConfigDict, Field, field_validator


class NetworkSettings(BaseModel):
    """Section `network` of config/newswatch.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    user_agent: str = Field(
        default="Newswatch/0.1 (news monitoring)",
        min_length=1,
        pattern=r"^[\x20-\x7e]+$",
        description="How we introduce ourselves. Name your desk and a way to reach it; "
        "robots.txt files are read for the first word.",
    )
    connect_seconds: float = Field(
        default=10.0, gt=0, le=60, description="Longest wait for a connection, TLS included."
    )
    read_seconds: float = Field(default=10.0, gt=0, le=60, description="Longest silence of a server in mid-answer.")
    total_seconds: float = Field(
        default=30.0,
        gt=0,
        le=300,
        description="Longest time for one request, from name lookup to last byte, redirects included.",
    )
    redirects: int = Field(
        default=5, ge=0, le=10, description="Redirects followed; each target is vetted like the first."
    )
    allow_private: tuple[str, ...] = Field(
        default=(),
        description='Private networks that may be fetched from, such as ["127.0.0.1/32"] for the demo. '
        "Others are refused. Hosts in them may use any port, and are asked without pauses.",
    )
    ca_file: str | None = Field(
        default=None,
        description="PEM file of certificate authorities to trust instead of Mozilla's list (a company's own).",
    )

    @field_validator("allow_private")
    @classmethod
    def _are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            ipaddress.ip_network(network)  # its ValueError says what is wrong with which network
        return networks

    @property
    def robots_agent(self) -> str:
        """The word that robots.txt files address us by: the product token of `user_agent`, in lower case."""
        return self.user_agent.split("/")[0].split(" ")[0].lower()
