"""By what name other sites know people (OpenID Connect Core section 8)."""

from ..authorization_server.interfaces import IApplication
from ..authorization_server.interfaces import ISubjects
from ..authorization_server.interfaces import PAIRWISE
from ..core.base64url import encoded
from ..site.context import SiteAdapter
from zope.interface import implementer

import secrets


STORE = "subjects"
#: ASCII characters of a subject identifier (OpenID Connect Core section 2).
MAX_LENGTH = 255
_RANDOM_BYTES = 18


@implementer(ISubjects)
class Subjects(SiteAdapter):
    """See ISubjects.

    A random identifier, which is not given to anybody else when the user is gone. Where
    the site tells user ids, those stay random that the protocol cannot spell or that
    are identifiers of others, and those for clients that know people by names of their
    own.
    """

    def __call__(self, user_id: str, client: IApplication | None) -> str:
        subject = self.known(user_id, client)
        if subject is None:
            subject = encoded(secrets.token_bytes(_RANDOM_BYTES))
            self._site.storage[STORE].add(user_id, _sector(client), subject)
        return subject

    def known(self, user_id: str, client: IApplication | None) -> str | None:
        sector = _sector(client)
        is_told = self._site.settings.subject_is_user_id and not sector
        if is_told and self._can_be_told(user_id):
            return user_id
        return self._site.storage[STORE].get(user_id, sector)

    def _can_be_told(self, user_id: str) -> bool:
        # Whoever is called like the identifier of somebody else would be that person.
        is_free = self._site.storage[STORE].user_of(user_id) in (None, user_id)
        return is_free and user_id.isascii() and len(user_id) <= MAX_LENGTH


def _sector(client: IApplication | None) -> str:
    """Of whom an identifier is known; empty for all who are not told another one."""
    if client is None or client.openid.subject_type != PAIRWISE:
        return ""
    return str(client.client_id)
