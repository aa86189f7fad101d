"""What the forms that issue a credential have in common."""

from ..policies import latest_expiry
from ..policies import may_never_end
from .expiry import Expiry
from .optionsform import OptionsForm
from functools import cached_property
from zExceptions import BadRequest

import re
import secrets


_ONCE_BYTES = 16
_ONCE = re.compile("[0-9a-f]{32}")


class IssueForm(OptionsForm):
    """Asks for the options of a credential, and issues it once.

    Nothing of the secret is stored, so the answer to the form is the page that
    shows it: after a redirect there would be nothing left to show.
    """

    page = "issue"
    #: Days that are proposed until it ends; None for the longest time.
    preferred_days: int | None = None

    @cached_property
    def expiry(self) -> Expiry:
        settings = self.site.settings
        return Expiry(
            now=self.now,
            zone=self.timezone,
            texts=self.appearance.expiry,
            latest=latest_expiry(settings, self.kind, self.now),
            may_never_end=may_never_end(settings, self.kind),
            preferred=self.preferred_days,
        )

    def hidden(self) -> dict[str, str]:
        """The random string that makes the form issue one credential only."""
        if self.request.method == "POST":
            return {"idempotency_key": self.idempotency_key()}
        return {"idempotency_key": secrets.token_hex(_ONCE_BYTES)}

    def idempotency_key(self) -> str:
        """The random string of the form that was sent.

        :raises BadRequest: when there is none
        """
        idempotency_key = self.text("idempotency_key")
        if not _ONCE.fullmatch(idempotency_key):
            raise BadRequest("The form is incomplete.")
        return idempotency_key
