"""Why a use case says no. An edge turns these into a page, a status or a message."""

from ..i18n import _


class NotAllowed(Exception):
    """The actor may not do this.

    The first argument is a translatable text for people.
    """


class NotYourKey(NotAllowed):
    """The key belongs to somebody else, or does not exist: nobody learns which."""

    def __init__(self) -> None:
        super().__init__(_("There is no such service key among yours."))


class NotASiteUser(NotAllowed):
    """The actor is a user of the Zope root, who cannot own credentials."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Your account belongs to the Zope root, not to this site. Such users"
                " cannot own service keys. Create a user in this site, give it the"
                " roles the program needs, and log in as that user."
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

    def __init__(self) -> None:
        super().__init__(
            _(
                "This service key was issued already."
                " Its private key cannot be shown again."
            )
        )


class AlreadyEnded(NotAllowed):
    """The key is revoked or its owner is gone: it stays as it is."""

    def __init__(self) -> None:
        super().__init__(_("This service key has ended and can no longer be changed."))


class TooManyKeys(NotAllowed):
    """The site's policy allows a user no more keys."""

    def __init__(self, maximum: int) -> None:
        super().__init__(
            _(
                "By the policy of this site a user has at most ${maximum} service"
                " keys. Revoke one first.",
                mapping={"maximum": maximum},
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
