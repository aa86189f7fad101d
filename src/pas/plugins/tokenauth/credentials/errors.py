"""Why the service of credentials says no."""

from ..i18n import _
from ..site.errors import NotAllowed
from .interfaces import ICredentialKind


class NotYours(NotAllowed):
    """A credential is somebody else's, or does not exist: nobody learns which."""

    def __init__(self) -> None:
        super().__init__(_("There is nothing of yours with this id."))


class AlreadyIssued(NotAllowed):
    """The same form was sent twice."""

    def __init__(self, kind: ICredentialKind) -> None:
        super().__init__(kind.texts.issued_already)


class AlreadyEnded(NotAllowed):
    """It is revoked, or its owner or its add-on is gone: it stays as it is."""

    def __init__(self, kind: ICredentialKind) -> None:
        super().__init__(kind.texts.ended)


class TooManyCredentials(NotAllowed):
    """The site's policy allows a user no more credentials of a kind."""

    def __init__(self, kind: ICredentialKind, maximum: int) -> None:
        super().__init__(_(kind.texts.too_many, mapping={"maximum": maximum}))
