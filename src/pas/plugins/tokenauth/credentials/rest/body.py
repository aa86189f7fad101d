"""The body of a request: one JSON object, read strictly."""

from ...core.strictjson import parsed
from ...i18n import _
from .errors import NotJSON
from .errors import TooLarge
from .errors import UnreadableBody
from typing import Any


MAX_BODY = 64 * 1024
JSON_TYPE = "application/json"


def json_object(request: Any) -> dict[str, Any]:
    """The members of the JSON object in the body.

    :raises UnreadableBody: when the body is anything else
    """
    media_type = request.environ.get("CONTENT_TYPE", "").partition(";")[0]
    if media_type.strip().lower() != JSON_TYPE:
        raise NotJSON()
    body = request["BODYFILE"].read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        raise TooLarge()
    try:
        value = parsed(body.decode("utf-8"))
    except ValueError:
        raise UnreadableBody(
            _("The body is no JSON, or names a member of an object twice.")
        ) from None
    if not isinstance(value, dict):
        raise UnreadableBody(_("The body must be a JSON object."))
    return value
