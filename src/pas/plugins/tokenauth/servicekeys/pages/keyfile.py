"""The page that shows a fresh keyfile, once."""

from ... import client
from ...credentials.pages.secretpage import Example
from ...credentials.pages.secretpage import SecretPage
from ...i18n import _
from ..keyfile import UNIVERSE_DOMAIN
from ..kind import IssuedServiceKey
from .examples import client_commands
from .examples import examples
from .examples import join_command
from pathlib import Path
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any

import base64
import json


class KeyfilePage(SecretPage):
    """The answer to the form that made a key pair.

    The downloads are links that hold their content, so they need neither
    JavaScript nor a second request, for which there would be nothing to send.
    """

    _issued: IssuedServiceKey
    template = ViewPageTemplateFile("templates/keyfile.pt")
    universe_domain = UNIVERSE_DOMAIN

    @property
    def title(self) -> str:
        key = self._issued.credential
        is_new = key.issued_at == key.secret_made_at
        return _("Your new service key") if is_new else _("Your new key pair")

    @property
    def key_title(self) -> str:
        return self._issued.credential.title

    @property
    def client_id(self) -> str:
        return self._issued.credential.client_id

    @property
    def owner(self) -> str:
        """Whom the program acts as; empty for the visitor."""
        key = self._issued.credential
        return "" if self.is_mine(key) else key.owner

    @property
    def has_private_key(self) -> bool:
        """Whether there is anything to keep secret."""
        return self._issued.has_private_key

    @property
    def offers_google(self) -> bool:
        """Whether google-auth can use the key."""
        return self._issued.google_keyfile is not None

    @property
    def join_command(self) -> Example:
        """How the keyfile gets the private key that only the visitor has."""
        return join_command(self._issued)

    @property
    def client_commands(self) -> Example:
        """The shortest way to use the keyfile."""
        return client_commands(self._issued, self.site.issuer)

    def client_url(self) -> str:
        """The client as a link to download."""
        return _data_url(Path(client.__file__).read_bytes(), "text/x-python")

    @property
    def examples(self) -> list[Example]:
        """Programs that use the keyfile without it."""
        return examples(self._issued, self.site.issuer)

    def keyfile(self) -> str:
        """The keyfile as text."""
        return self._issued.text + "\n"

    def keyfile_url(self) -> str:
        """The keyfile as a link to download."""
        return _json_url(self._issued.keyfile)

    def google_keyfile_url(self) -> str:
        """The keyfile for google-auth as a link to download."""
        return _json_url(self._issued.google_keyfile)


def _json_url(document: Any) -> str:
    text = json.dumps(document, indent=2) + "\n"
    return _data_url(text.encode(), "application/json")


def _data_url(content: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"
