"""By what name other sites know people (OpenID Connect Core section 8)."""

from ..core.base64url import encoded
from ..site.context import SiteContext
from ..site.interfaces import ISiteContext
from .interfaces import ISubjects
from zope.component import adapter
from zope.interface import implementer

import secrets


STORE = "subjects"
#: ASCII characters of a subject identifier (OpenID Connect Core section 2).
MAX_LENGTH = 255
_RANDOM_BYTES = 18


@implementer(ISubjects)
@adapter(ISiteContext)
class Subjects:
    """See ISubjects.

    A random identifier, which is not given to anybody else when the user is gone. Where
    the site tells user ids, those that the protocol cannot spell stay random.
    """

    def __init__(self, site: SiteContext) -> None:
        self._site = site

        self._store = site.storage[STORE]

    def __call__(self, user_id: str) -> str:
        subject = self.known(user_id)
        if subject is None:
            subject = encoded(secrets.token_bytes(_RANDOM_BYTES))
            self._store.add(user_id, subject)
        return subject

    def known(self, user_id: str) -> str | None:
        is_told = self._site.settings.subject_is_user_id
        if is_told and user_id.isascii() and len(user_id) <= MAX_LENGTH:
            return user_id
        found: str | None = self._store.get(user_id)
        return found
