"""Issuing a service key: the form."""

from ..i18n import _
from ..usecases.issuing import check_may_issue
from ..usecases.issuing import issue_service_key
from ..usecases.policies import latest_expiry
from .expiry import Expiry
from .fields import Field
from .keyfile import KeyfilePage
from .keypairform import KeyPairForm
from .limitsform import LimitsForm
from functools import cached_property
from zExceptions import BadRequest

import re
import secrets


_ONCE_BYTES = 16
_ONCE = re.compile("[0-9a-f]{32}")


class IssueServiceKey(KeyPairForm, LimitsForm):
    """``@@manage-service-keys-issue``.

    Nothing of the private key is stored, so the answer to the form is the page
    that shows it: after a redirect there would be nothing left to show.
    """

    page = "issue"
    title = _("Issue a service key")
    submit_label = _("Issue service key")

    def description(self) -> str:
        return _("You get the private key once, on the next page.")

    def check(self) -> None:
        check_may_issue(self.server, self.actor, self.now, self.owner)

    def save(self) -> str:
        issued = issue_service_key(
            self.server,
            self.actor,
            self.limits(),
            self.now,
            once=self._once(),
            material=self.material(),
            owner=self.owner,
        )
        return KeyfilePage(self, issued, _("Your new service key")).show()

    @cached_property
    def expiry(self) -> Expiry:
        return Expiry(
            now=self.now,
            zone=self.timezone,
            latest=latest_expiry(self.server.settings, self.now),
        )

    def hidden(self) -> dict[str, str]:
        """The random text that makes the form issue one key only."""
        if self.request.method == "POST":
            return {"once": self._once()}
        return {"once": secrets.token_hex(_ONCE_BYTES)}

    def fields(self) -> list[Field]:
        return [*self.limit_fields(), *self.key_pair_fields()]

    def _once(self) -> str:
        once = self.text("once")
        if not _ONCE.fullmatch(once):
            raise BadRequest("The form is incomplete.")
        return once
