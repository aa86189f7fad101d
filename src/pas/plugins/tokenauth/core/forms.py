"""Forms and queries, read strictly: names and values as they were sent."""

from urllib.parse import parse_qsl


FORM_TYPE = "application/x-www-form-urlencoded"
MAX_PARAMETERS = 50


class UnreadableForm(ValueError):
    """A string that is no list of parameters; the message says why, in one word."""


def is_form(content_type: str) -> bool:
    """Whether a Content-Type says that the body is a form."""
    return content_type.partition(";")[0].strip().lower() == FORM_TYPE


def read_form(
    raw: str, max_length: int, max_parameters: int = MAX_PARAMETERS
) -> list[tuple[str, str]]:
    """Names and values of a query or of a form, as they were sent.

    :param raw: a character for each byte, as servers hand it over
    :raises UnreadableForm: when it is longer, or no UTF-8 form
    """
    if len(raw) > max_length:
        raise UnreadableForm("long")
    try:
        raw.encode("ascii")
        pairs = parse_qsl(
            raw,
            keep_blank_values=True,
            errors="strict",
            max_num_fields=max_parameters,
        )
    except ValueError:
        raise UnreadableForm("form") from None
    if any("\0" in name or "\0" in value for name, value in pairs):
        raise UnreadableForm("zero")
    return pairs
