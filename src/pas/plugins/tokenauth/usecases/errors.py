"""Why a use case says no. An edge turns these into a page, a status or a message."""

from ..i18n import _
from .kinds import CredentialKind


class NotAllowed(Exception):
    """The actor may not do this.

    The first argument is a translatable text for people.
    """


class NotYours(NotAllowed):
    """A credential is somebody else's, or does not exist: nobody learns which."""

    def __init__(self) -> None:
        super().__init__(_("You have no key or access token with this id."))


class NotASiteUser(NotAllowed):
    """The actor is a user of the Zope root, who cannot own credentials."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Your account belongs to the Zope root, not to this site. Such users"
                " cannot own service keys or access tokens. Create a user in this"
                " site, give it the roles the program needs, and log in as that user."
            )
        )


class NoIssuer(NotAllowed):
    """The site has no issuer, so no grant could be addressed to it."""

    def __init__(self) -> None:
        super().__init__(
            _("This site has no issuer yet. Set it before you issue service keys.")
        )


class CalledByToken(NotAllowed):
    """The request is authenticated by an access token, and a token does not breed."""

    def __init__(self) -> None:
        super().__init__(
            _("A request with an access token cannot change credentials or settings.")
        )


class AlreadyIssued(NotAllowed):
    """The same form was sent twice."""

    def __init__(self, kind: CredentialKind) -> None:
        super().__init__(kind.issued_already)


class AlreadyEnded(NotAllowed):
    """The credential is revoked or its owner is gone: it stays as it is."""

    def __init__(self, kind: CredentialKind) -> None:
        super().__init__(kind.ended)


class TooManyCredentials(NotAllowed):
    """The site's policy allows a user no more credentials of a kind."""

    def __init__(self, kind: CredentialKind, maximum: int) -> None:
        super().__init__(kind.too_many(maximum))


class UpgradeNeeded(NotAllowed):
    """The add-on is newer than what it keeps in the site."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "An administrator must upgrade this add-on in Site Setup, below"
                " Add-ons, before you can issue access tokens."
            )
        )


class InvalidInput(ValueError):
    """A value cannot be used.

    :param field: name of the field
    :param message: translatable text for people
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(field, message)
        self.field = field
        self.message = message


class PolicyViolation(InvalidInput):
    """The value is fine, but the site's policy does not allow it."""


class PrivateKeyGiven(InvalidInput):
    """A private key where a public one belongs: whoever has seen it may know it."""

    def __init__(self) -> None:
        super().__init__(
            "public_key",
            _(
                "This is a private key. It was neither used nor stored, but it has"
                " left its place: better make a new pair, and give us only the public"
                " half."
            ),
        )
