"""Strings from outside, made fit for a log, a table or a comparison."""

import unicodedata


#: Control characters, lone surrogates, line and paragraph separators.
_UNCLEAN_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
#: What makes a string read in another order than it is written.
_DIRECTIONS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def is_clean(value: str) -> bool:
    """Whether the string reads as it is: no control characters, no lone surrogates."""
    return not any(
        unicodedata.category(char) in _UNCLEAN_CATEGORIES
        or unicodedata.bidirectional(char) in _DIRECTIONS
        for char in value
    )


def cleaned(value: str, max_length: int) -> str:
    """The string without characters that are not clean, cut at ``max_length``."""
    # Cut first: a client decides how long it is.
    kept = (char for char in value[: max_length * 4] if is_clean(char))
    return "".join(kept).strip()[:max_length].rstrip()
