"""Whether somebody has really logged in in a request of which Plone says so.

Plone only asks whether somebody is logged in when its form arrives. So whoever is, and
sends a wrong password, is welcome; even with another user's name.
"""

from ..site.context import SiteAdapter
from ..site.context import SiteContext
from ..site.interfaces import PLUGIN_ID
from ..site.users import kind_of
from ..site.users import OF_THE_DATABASE
from .interfaces import ILoginProof
from collections.abc import Iterator
from Products.PluggableAuthService.interfaces.plugins import IAuthenticationPlugin
from Products.PluggableAuthService.interfaces.plugins import IExtractionPlugin
from typing import Any
from zope.component import getAdapters
from zope.interface import implementer

import logging


logger = logging.getLogger("pas.plugins.tokenauth")

#: A password (RFC 8176 section 2).
PASSWORD = "pwd"


def proven_methods(
    site: SiteContext, request: Any, user_id: str
) -> tuple[str, ...] | None:
    """How a request proves who a user is; None if it proves nothing."""
    proofs = [
        proof(request, user_id)
        for _, proof in sorted(getAdapters((site,), ILoginProof))
    ]
    given = [methods for methods in proofs if methods is not None]
    return tuple(dict.fromkeys(sum(given, ()))) if given else None


@implementer(ILoginProof)
class PluginProof(SiteAdapter):
    """See ILoginProof: by what the plugins of the site make of the request.

    Either they take a password that was typed for this very request, or they find
    nobody in it at all: then an add-on has logged the person in by its own means.
    """

    def __call__(self, request: Any, user_id: str) -> tuple[str, ...] | None:
        typed = {value for value in request.form.values() if isinstance(value, str)}
        finds_somebody = False
        for found_id, password in self._identities(request):
            # Browsers send that for Basic by themselves, and old cookies hold one.
            if found_id == user_id and password in typed:
                return (PASSWORD,)
            finds_somebody = True
        return None if finds_somebody else ()

    def _identities(self, request: Any) -> Iterator[tuple[str, Any]]:
        """Whom the plugins find in a request, and by which password if by one.

        One that fails might have found somebody.
        """
        plugins = self._site.portal.acl_users.plugins
        for extractor_id, extractor in plugins.listPlugins(IExtractionPlugin):
            if extractor_id == PLUGIN_ID:
                continue
            try:
                credentials = extractor.extractCredentials(request)
            except OF_THE_DATABASE:
                raise
            except Exception as error:
                _report(extractor_id, error)
                yield "", None
                continue
            if credentials:
                yield from self._found_by({**credentials, "extractor": extractor_id})

    def _found_by(self, credentials: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        if isinstance(credentials.get("login"), str):
            credentials["login"] = self._site.users.login_of(credentials["login"])
        plugins = self._site.portal.acl_users.plugins
        for plugin_id, plugin in plugins.listPlugins(IAuthenticationPlugin):
            try:
                found = plugin.authenticateCredentials(credentials)
            except OF_THE_DATABASE:
                raise
            except Exception as error:
                _report(plugin_id, error)
                yield "", None
            else:
                if found is not None:
                    yield found[0], credentials.get("password")


def _report(plugin_id: str, error: Exception) -> None:
    logger.debug("The plugin %s does not answer: %s", plugin_id, kind_of(error))
