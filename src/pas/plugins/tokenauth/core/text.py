"""Text from outside, made fit for a log, a table or a comparison."""

import unicodedata


def is_clean(value: str) -> bool:
    """Whether the text holds neither control characters nor lone surrogates."""
    return not any(unicodedata.category(char) in ("Cc", "Cs") for char in value)


def cleaned(value: str, max_length: int) -> str:
    """The text without control characters and surrogates, cut at ``max_length``."""
    # Cut first: a client decides how much there is to look at.
    kept = (char for char in value[: max_length * 4] if is_clean(char))
    return "".join(kept).strip()[:max_length]
