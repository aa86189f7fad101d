"""A log-in by a partner as a proof of who somebody is."""

from ..signin.interfaces import ILoginProof
from ..site.context import SiteAdapter
from typing import Any
from zope.annotation.interfaces import IAnnotations
from zope.interface import implementer


_KEY = "pas.plugins.tokenauth.partner-login"


def prove_log_in(request: Any, user_id: str) -> None:
    """Note on a request that a partner logs a user in by it.

    Without that, the cookie of who was logged in before would say otherwise.
    """
    IAnnotations(request)[_KEY] = user_id


@implementer(ILoginProof)
class PartnerProof(SiteAdapter):
    """See ILoginProof. How the person has proved who they are, the partner knows."""

    def __call__(self, request: Any, user_id: str) -> tuple[str, ...] | None:
        return () if IAnnotations(request, {}).get(_KEY) == user_id else None
