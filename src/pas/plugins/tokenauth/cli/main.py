"""The entry point of ``tokenauth``."""

from .outcomes import Answer
from .outcomes import CommandFailed
from .parser import parsed
from contextlib import redirect_stdout
from typing import Any

import os
import sys


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    :param arguments: those of the process, if none are given
    :returns: the exit code, see :mod:`.outcomes`
    """
    options = parsed(arguments)
    if callable(options.run):
        # It needs no Zope.
        return options.run(options)
    try:
        # Whatever Zope and its add-ons print when they start is none of the answer.
        with redirect_stdout(sys.stderr):
            answer = _administer(options)
    except CommandFailed as failure:
        print(f"tokenauth: {failure}", file=sys.stderr)
        return failure.code
    try:
        print(answer.as_json() if options.json else answer.text, flush=True)
    except BrokenPipeError:
        # Who reads it has had enough, like `head`. Python would try again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return answer.code


def _administer(options: Any) -> Answer:
    # Asking for a token needs no Zope; and Plone is imported by a Zope that starts,
    # in its order, not before.
    from .opening import opened_site

    with opened_site(options.conf, options.site, options.logging) as site:
        from .session import run

        return run(site, options)
