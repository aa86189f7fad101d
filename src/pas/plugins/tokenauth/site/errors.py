"""Why a request is refused. Callers turn these into a page, a status or a message."""

from ..i18n import _
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager


class NotAllowed(Exception):
    """The requester may not do this.

    The first argument is a translatable message for people.
    """


class NotASiteUser(NotAllowed):
    """The requester is a user of the Zope root, who cannot own credentials."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Your account belongs to the Zope root, not to this site. Such users"
                " cannot own service keys or personal access tokens. Create a user in"
                " this site, give it the roles the program needs, and log in as that"
                " user."
            )
        )


class NoIssuer(NotAllowed):
    """The site has no issuer, so no grant could be addressed to it."""

    def __init__(self) -> None:
        super().__init__(
            _("This site has no issuer yet. Set it before you issue service keys.")
        )


class CalledByToken(NotAllowed):
    """The request is authenticated by a token, which may not issue or change any."""

    def __init__(self) -> None:
        super().__init__(
            _("A request with a token cannot change credentials or settings.")
        )


class InvalidInput(ValueError):
    """A value cannot be used.

    :param field: name of the field
    :param message: translatable message for people
    """

    #: What is wrong with other values, in the order of their fields.
    others: tuple["InvalidInput", ...] = ()

    def __init__(self, field: str, message: str) -> None:
        super().__init__(field, message)
        self.field = field
        self.message = message

    @property
    def all(self) -> tuple["InvalidInput", ...]:
        """Everything that is wrong, this first."""
        return (self, *self.others)


class Problems:
    """What is wrong with several values, so that people are told all of it at once.

    :param found: what is known already
    """

    def __init__(self, found: Iterable[InvalidInput] = ()) -> None:
        self._found = list(found)

    @contextmanager
    def collected(self) -> Iterator[None]:
        """Keep what is raised, and go on behind the block."""
        try:
            yield
        except InvalidInput as problem:
            self._found.extend(problem.all)

    def check(self) -> None:
        """Refuse, if anything is wrong.

        :raises InvalidInput: the first, which knows the others
        """
        if self._found:
            first, *others = self._found
            first.others = tuple(others)
            raise first from None


class PolicyViolation(InvalidInput):
    """The value is fine, but the site's policy does not allow it."""
