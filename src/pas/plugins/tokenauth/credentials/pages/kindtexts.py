"""How every kind of credential appears on the pages."""

from ...i18n import _
from ..kinds import CredentialKind
from .texts import Appearance
from .texts import IAppearance
from .texts import RevokeTexts
from collections.abc import Collection
from zope.component import getUtility


def appearance_of(kind: CredentialKind) -> Appearance:
    """How credentials of a kind appear."""
    return getUtility(IAppearance, kind.name)


def revoke_texts(kinds: Collection[CredentialKind]) -> RevokeTexts:
    """What to say about revoking credentials of these kinds together."""
    if len(kinds) == 1:
        (kind,) = kinds
        return appearance_of(kind).revoke
    return _REVOKE_ANY


def _any_revoked(count: int) -> str:
    return _("Keys and access tokens revoked: ${count}.", mapping={"count": count})


_REVOKE_ANY = RevokeTexts(
    title=_("Revoke keys and access tokens?"),
    consequences=_(
        "Programs that use these keys and access tokens are locked out at once. This"
        " cannot be undone."
    ),
    none_selected=_("Please select the keys and access tokens to revoke."),
    revoked=_any_revoked,
)
