"""The page that shows a fresh private key, once."""

from ..core.keyfile import UNIVERSE_DOMAIN
from ..usecases.servicekeys import IssuedServiceKey
from .base import ServiceKeysView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any

import base64
import json


class KeyfilePage(ServiceKeysView):
    """The answer to the form that issued a key; it has no URL of its own.

    The downloads are links that hold their content, so they need neither
    JavaScript nor a second request, for which there would be nothing to send.
    """

    template = ViewPageTemplateFile("templates/keyfile.pt")
    universe_domain = UNIVERSE_DOMAIN

    def __init__(self, context: Any, request: Any, issued: IssuedServiceKey) -> None:
        super().__init__(context, request)
        self._issued = issued

    def show(self) -> str:
        return self.template()

    @property
    def key_title(self) -> str:
        return self._issued.service_key.title

    @property
    def client_id(self) -> str:
        return self._issued.service_key.client_id

    @property
    def offers_google(self) -> bool:
        """Whether google-auth can use the key."""
        return self._issued.google_keyfile is not None

    # Methods, not attributes: a template that fails reports the values it holds.

    def keyfile(self) -> str:
        """The keyfile as text."""
        return _text(self._issued.keyfile)

    def keyfile_url(self) -> str:
        """The keyfile as a link to download."""
        return _data_url(self._issued.keyfile)

    def google_keyfile_url(self) -> str:
        """The keyfile for google-auth as a link to download."""
        return _data_url(self._issued.google_keyfile)


def _text(document: Any) -> str:
    return json.dumps(document, indent=2) + "\n"


def _data_url(document: Any) -> str:
    content = base64.b64encode(_text(document).encode()).decode("ascii")
    return f"data:application/json;base64,{content}"
