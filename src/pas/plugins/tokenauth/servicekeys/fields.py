"""Fields of what is asked for a key pair. Like those of options, they need no Zope."""

from ..i18n import _
from ..site.errors import InvalidInput
from ..site.fields import from_json
from ..site.fields import is_string
from ..site.fields import member_of
from typing import Any
from zope import schema

import json


class Algorithm(schema.ASCIILine):
    """How a client signs; an empty string for the usual algorithm."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(required=False, default="", **attributes)


class PublicKeyText(schema.Text):
    """A public key as PEM, JWK or in the format of OpenSSH.

    Somebody may give a private key instead: it must not be shown, logged or kept.
    """

    is_sensitive = True

    def __init__(self, **attributes: Any) -> None:
        super().__init__(required=False, default="", **attributes)


class Name(schema.ASCIILine):
    """By which a program finds a key among its owner's; people are not asked for it."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(required=False, default="", **attributes)


@from_json.register
def _public_key_from_json(field: PublicKeyText, value: Any) -> str:
    name = member_of(field)
    text = _jwk(name, value) if isinstance(value, dict) else value
    if not is_string(text):
        raise InvalidInput(name, _("This must be a string."))
    # Who means to give a key must not get one of ours instead.
    if not text.strip():
        raise InvalidInput(name, _("There is no key here."))
    return text


def _jwk(name: str, value: dict[str, Any]) -> str:
    try:
        return json.dumps(value)
    except RecursionError:
        raise InvalidInput(name, _("This is no public key.")) from None
