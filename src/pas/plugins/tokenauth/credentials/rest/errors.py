"""Why a request is refused, as plone.rest tells it: an object with type and message."""

from ...i18n import _
from ...site.errors import InvalidInput
from ...site.errors import NotAllowed
from ...site.fields import validation_errors
from ..errors import NotYours
from typing import Any
from zope.i18n import translate


class UnreadableBody(Exception):
    """The body is not what this endpoint reads.

    The first argument is a translatable message for people.
    """

    status = 400


class NotJSON(UnreadableBody):
    """The body says that it is something else than JSON."""

    status = 415

    def __init__(self) -> None:
        super().__init__(_("The Content-Type must be application/json."))


class TooLarge(UnreadableBody):
    """The body is larger than any sensible request."""

    status = 413

    def __init__(self) -> None:
        super().__init__(_("The body is too large."))


Refusal = NotAllowed | InvalidInput | UnreadableBody


def status_of(error: Refusal) -> int:
    """The status of the answer that says so."""
    if isinstance(error, UnreadableBody):
        return error.status
    if isinstance(error, InvalidInput):
        return 400
    return 404 if isinstance(error, NotYours) else 403


def serialize_error(error: Refusal, request: Any) -> dict[str, Any]:
    """The body of that answer, in the language of the request.

    Of several values that cannot be used, the first is told as if it were alone.
    """
    if not isinstance(error, InvalidInput):
        message = translate(error.args[0], context=request)
        return {"type": _type(error), "message": message}
    problems = validation_errors(error, request)
    return {
        "type": _type(error),
        "message": problems[0]["message"],
        "field": problems[0]["field"],
        "errors": problems,
    }


def _type(error: Refusal) -> str:
    # A credential of somebody else is answered like one that does not exist.
    return "NotFound" if isinstance(error, NotYours) else type(error).__name__
