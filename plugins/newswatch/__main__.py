"""`python -m newswatch`: the same as the command `newswatch`."""

from newswatch.cli import main

main()
