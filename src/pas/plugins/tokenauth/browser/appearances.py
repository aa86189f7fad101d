"""How every kind of credential appears on the pages."""

from ..i18n import _
from ..usecases.kinds import CredentialKind
from ..usecases.kinds import PERSONAL_TOKEN
from ..usecases.kinds import SERVICE_KEY
from .appearance import Appearance
from .appearance import RevokeTexts
from .keyappearance import KEY_APPEARANCE
from .tokenappearance import TOKEN_APPEARANCE
from collections.abc import Collection


APPEARANCES = {SERVICE_KEY.name: KEY_APPEARANCE, PERSONAL_TOKEN.name: TOKEN_APPEARANCE}


def appearance_of(kind: CredentialKind) -> Appearance:
    """How credentials of a kind appear."""
    return APPEARANCES[kind.name]


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
