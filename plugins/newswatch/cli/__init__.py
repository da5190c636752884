"""`newswatch …`: what a person or a script can ask for. Results on stdout, everything else on stderr."""

from newswatch.cli.app import main

__all__ = ["main"]
