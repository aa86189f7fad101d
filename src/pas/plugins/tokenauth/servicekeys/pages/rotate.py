"""Rotating a service key: another key pair for the same client id."""

from ...core.keys import PublicKey
from ...credentials.maintenance import DAY
from ...credentials.pages.expiry import Expiry
from ...credentials.pages.expiryform import ExpiryForm
from ...credentials.pages.fields import Choice
from ...credentials.pages.fields import Field
from ...credentials.policies import latest_expiry
from ...credentials.policies import may_never_end
from ...credentials.rights import check_may_widen
from ...i18n import _
from ...site.errors import InvalidInput
from ..service import rotate_service_key
from .keyfile import KeyfilePage
from .keypairform import KeyPairForm
from .oneform import OneKeyForm
from .overview import ServiceKeysView
from functools import cached_property


#: How long the key pairs before stay in use, in days.
OVERLAPS = {
    "0": _("Not at all: the program is locked out until it has the new keyfile"),
    "1": _("For 1 day"),
    "7": _("For 7 days"),
    "30": _("For 30 days"),
}
DEFAULT_OVERLAP = "7"


class RotateServiceKey(ServiceKeysView, OneKeyForm, KeyPairForm, ExpiryForm):
    """``@@manage-service-keys-rotate``."""

    page = "rotate"
    title = _("Rotate service key")
    submit_label = _("Rotate service key")

    def description(self) -> str:
        return _(
            "“${title}” gets another key pair. Its client id, its limits and its usage"
            " stay.",
            mapping={"title": self.key.title},
        )

    def check(self) -> None:
        check_may_widen(self.requester, self.key)

    def save(self) -> str:
        if self.text("newest") != self._newest.kid:
            # Somebody sent the form twice; another rotation would end the key pair
            # that the first one made.
            return self.go_to_list(
                _(
                    "This service key was rotated already. Its private key cannot be"
                    " shown again."
                ),
                "warning",
            )
        issued = rotate_service_key(
            self.site,
            self.requester,
            self.key.client_id,
            self.now,
            overlap=self._overlap(),
            material=self.material(),
            expires_at=self.expires_at(),
        )
        return KeyfilePage(self, issued, _("Your new key pair")).show()

    def initial(self) -> dict[str, str]:
        initial = {**super().initial(), "overlap": DEFAULT_OVERLAP}
        if self._newest.algorithm in self.algorithms():
            initial["algorithm"] = self._newest.algorithm
        return initial

    @cached_property
    def expiry(self) -> Expiry:
        settings = self.site.settings
        latest = latest_expiry(settings, self.kind, self.now)
        before = self.key.expires_at
        ends = float("inf") if before is None else before
        return Expiry(
            now=self.now,
            zone=self.timezone,
            texts=self.appearance.expiry,
            latest=latest,
            may_never_end=may_never_end(settings, self.kind),
            before=before,
            keeps=self.now < ends and (latest is None or ends <= latest),
        )

    def hidden(self) -> dict[str, str]:
        return {**super().hidden(), "newest": self._newest.kid}

    def fields(self) -> list[Field]:
        return [*self.key_pair_fields(), self._overlap_field(), *self.expiry_fields()]

    @cached_property
    def _newest(self) -> PublicKey:
        return self.key.newest_public_key

    def _overlap(self) -> float:
        chosen = self.chosen("overlap")
        if chosen not in OVERLAPS:
            raise InvalidInput(
                "overlap", _("Please choose how long the key pair stays in use.")
            )
        return int(chosen) * DAY

    def _overlap_field(self) -> Field:
        return self.field(
            "overlap",
            "choice",
            title=_("How long the program may go on with the key pair it has"),
            help=_(
                "Bring the new keyfile to the program in this time. Access tokens that"
                " it obtained before stay valid until they expire."
            ),
            value=self.chosen("overlap"),
            choices=tuple(
                Choice(value=days, title=title) for days, title in OVERLAPS.items()
            ),
        )
