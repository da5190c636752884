"""A Slack in a process of its own."""

from acceptance.conftest import slack

__all__ = ["slack"]
