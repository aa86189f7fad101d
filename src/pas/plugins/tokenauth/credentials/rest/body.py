"""The body of a request: one JSON object, read strictly."""

from ...core.strictjson import parsed
from ...i18n import _
from ...site.errors import InvalidInput
from ...site.fields import check_known
from ...site.fields import is_string
from ...web.csrf import is_json
from .errors import NotJSON
from .errors import TooLarge
from .errors import UnreadableBody
from typing import Any


MAX_BODY = 64 * 1024


def json_object(request: Any) -> dict[str, Any]:
    """The members of the JSON object in the body.

    :raises UnreadableBody: when the body is anything else
    """
    if not is_json(request):
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


def string_member(request: Any, name: str) -> str:
    """The one member of the object in the body, which is a string.

    :raises UnreadableBody: when the body is no such object
    :raises InvalidInput: when there is another member, or this one is anything else
    """
    members = json_object(request)
    check_known(members, (name,))
    value = members.get(name)
    if not is_string(value):
        raise InvalidInput(name, _("This must be a string."))
    return value
