"""Issuing a service key: the form, and the page that shows the private key once."""

from ..core.keys import DEFAULT_ALGORITHM
from ..core.keys import EDDSA
from ..core.keys import ES256
from ..core.keys import RS256
from ..i18n import _
from ..publisher.response import never_store
from ..usecases.servicekeys import check_may_issue
from ..usecases.servicekeys import issue_service_key
from .fields import Choice
from .fields import Field
from .form import ServiceKeyForm
from .keyfile import KeyfilePage
from zExceptions import BadRequest

import re
import secrets


ALGORITHMS = (
    Choice(value=RS256, title=_("RS256: works with every client")),
    Choice(value=ES256, title=_("ES256: for modern clients")),
    Choice(value=EDDSA, title=_("EdDSA (Ed25519): for modern clients")),
)
_ONCE_BYTES = 16
_ONCE = re.compile("[0-9a-f]{32}")


class IssueServiceKey(ServiceKeyForm):
    """``@@manage-service-keys-issue``.

    Nothing of the private key is stored, so the answer to the form is the page
    that shows it: after a redirect there would be nothing left to show.
    """

    page = "issue"
    title = _("Issue a service key")
    submit_label = _("Issue service key")

    def description(self) -> str:
        return _("You get the private key once, on the next page.")

    def show(self) -> str:
        check_may_issue(self.server, self.actor)
        return super().show()

    def save(self) -> str:
        issued = issue_service_key(
            self.server,
            self.actor,
            self.limits(),
            self.now,
            once=self._once(),
            algorithm=self.text("algorithm"),
        )
        never_store(self.request)
        return KeyfilePage(self.context, self.request, issued).show()

    def initial(self) -> dict[str, str]:
        return {"algorithm": DEFAULT_ALGORITHM}

    def hidden(self) -> dict[str, str]:
        """The random text that makes the form issue one key only."""
        if self.request.method == "POST":
            return {"once": self._once()}
        return {"once": secrets.token_hex(_ONCE_BYTES)}

    def fields(self) -> list[Field]:
        return [*super().fields(), self._algorithm()]

    def _once(self) -> str:
        once = self.text("once")
        if not _ONCE.fullmatch(once):
            raise BadRequest("The form is incomplete.")
        return once

    def _algorithm(self) -> Field:
        return self.field(
            "algorithm",
            "choice",
            title=_("Algorithm"),
            help=_("With which the program signs. It cannot be changed later."),
            choices=ALGORITHMS,
        )
