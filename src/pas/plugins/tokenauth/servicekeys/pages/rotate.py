"""Rotating a service key: another key pair for the same client id."""

from ...credentials.errors import NotYours
from ...credentials.maintenance import DAY
from ...credentials.options import Decision
from ...credentials.options import options_of
from ...credentials.pages.form import CredentialForm
from ...credentials.pages.inputs import ExpiryBounds
from ...credentials.pages.inputs import given_in
from ...credentials.pages.inputs import Input
from ...credentials.pages.inputs import inputs_for
from ...credentials.policies import latest_expiry
from ...credentials.policies import may_never_end
from ...credentials.rights import check_may_widen
from ...i18n import _
from ...site.errors import InvalidInput
from ..interfaces import IKeyMaterial
from ..interfaces import IServiceKeyOptions
from ..kind import SERVICE_KEY
from ..service import rotate_service_key
from .keyfile import KeyfilePage
from functools import cached_property
from typing import Any
from zope import schema
from zope.interface import Interface
from zope.schema.vocabulary import SimpleTerm
from zope.schema.vocabulary import SimpleVocabulary


#: How long the key pairs before stay in use, in days.
OVERLAPS = {
    0: _("Not at all: the program is locked out until it has the new keyfile"),
    1: _("For 1 day"),
    7: _("For 7 days"),
    30: _("For 30 days"),
}


class Overlap(schema.Choice):
    """One of OVERLAPS."""

    missing = _("Please choose how long the key pair stays in use.")


class IOverlap(Interface):
    """What is asked about the key pairs that a key has."""

    overlap = Overlap(
        title=_("How long the program may go on with the key pair it has"),
        description=_(
            "Bring the new keyfile to the program in this time. Access tokens that"
            " it obtained before stay valid until they expire."
        ),
        vocabulary=SimpleVocabulary(
            [SimpleTerm(days, str(days), title) for days, title in OVERLAPS.items()]
        ),
        default=7,
    )


class RotateServiceKey(CredentialForm):
    """``@@…-rotate``."""

    page = "rotate"
    title = _("Rotate service key")
    submit_label = _("Rotate service key")

    @cached_property
    def credential(self) -> Any:
        """The key."""
        credential = super().credential
        if credential.kind != SERVICE_KEY.name:
            raise NotYours()
        return credential

    def description(self) -> str:
        key = self.credential
        if self.place.kind is not None or self.is_mine(key):
            return _(
                "“${title}” gets another key pair. Its client id, options and usage"
                " stay.",
                mapping={"title": key.title},
            )
        return _(
            "“${title}” of ${owner} gets another key pair. Its client id, options and"
            " usage stay. The owner is told by e-mail, if the site sends mail.",
            mapping={"title": key.title, "owner": key.owner},
        )

    def check(self) -> None:
        check_may_widen(self.requester, self.credential)

    def save(self) -> str:
        if self.text("newest") != self.credential.newest_public_key.kid:
            # Somebody sent the form twice; another rotation would end the key pair
            # that the first one made.
            return self.go_to_list(
                _(
                    "This service key was rotated already. Its private key cannot be"
                    " shown again."
                ),
                "warning",
            )
        given = given_in(self.inputs)
        overlap = given.pop("overlap")
        options = {"expires_at": given.pop("expires_at")}
        issued = rotate_service_key(
            self.site,
            self.requester,
            self.credential,
            self.now,
            overlap=overlap if isinstance(overlap, InvalidInput) else overlap * DAY,
            material=given,
            options=options,
        )
        return KeyfilePage(issued, self).show()

    def hidden(self) -> dict[str, str]:
        return {**super().hidden(), "newest": self.credential.newest_public_key.kid}

    @cached_property
    def inputs(self) -> list[Input]:
        found = inputs_for(self, IKeyMaterial, IOverlap, IServiceKeyOptions)
        options = set(IServiceKeyOptions) - {"expires_at"}
        return [each for each in found if each.name not in options]

    @cached_property
    def decision(self) -> Decision:
        key = self.credential
        algorithm = {"algorithm": key.newest_public_key.algorithm}
        return Decision(
            site=self.site,
            requester=self.requester,
            kind=self.kind,
            owner=key.owner,
            now=self.now,
            made_at=self.now,
            before={**options_of(self.kind, key), **algorithm},
        )

    @property
    def expiry_bounds(self) -> ExpiryBounds:
        settings = self.site.settings
        latest = latest_expiry(settings, self.kind, self.now)
        before = self.credential.expires_at
        ends = float("inf") if before is None else before
        return ExpiryBounds(
            latest=latest,
            may_never_end=may_never_end(settings, self.kind),
            before=before,
            keeps=self.now < ends and (latest is None or ends <= latest),
        )
