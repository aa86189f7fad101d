"""Issuing a service key: the form."""

from ...credentials.pages.fields import Field
from ...credentials.pages.issueform import IssueForm
from ...i18n import _
from ..service import check_may_issue
from ..service import issue_service_key
from .keyfile import KeyfilePage
from .keypairform import KeyPairForm
from .optionsform import KeyOptionsForm
from .overview import ServiceKeysView


class IssueServiceKey(ServiceKeysView, KeyPairForm, IssueForm, KeyOptionsForm):
    """``@@manage-service-keys-issue``."""

    title = _("Issue a service key")
    submit_label = _("Issue service key")

    def description(self) -> str:
        return _("You get the private key once, on the next page.")

    def check(self) -> None:
        check_may_issue(self.site, self.requester, self.now, self.owner)

    def save(self) -> str:
        issued = issue_service_key(
            self.site,
            self.requester,
            self.options(),
            self.now,
            idempotency_key=self.idempotency_key(),
            material=self.material(),
            owner=self.owner,
        )
        return KeyfilePage(self, issued, _("Your new service key")).show()

    def fields(self) -> list[Field]:
        return [*self.limit_fields(), *self.key_pair_fields()]
