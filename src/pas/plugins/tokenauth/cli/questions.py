"""Asking whoever sits at the terminal, and nobody where there is none."""

import sys


def is_confirmed(question: str) -> bool:
    """Whether somebody answers a question with yes; scripts are not asked."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return True
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
