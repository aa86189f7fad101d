"""Rotating: another secret for the same credential."""

from ...core.clock import DAY
from ...i18n import _
from ...site.errors import InvalidInput
from ..errors import NotYours
from ..fields import vocabulary_of
from ..kinds import kind_of
from ..options import Decision
from ..options import options_of
from ..policies import latest_expiry
from ..policies import may_never_end
from ..rights import check_may_widen
from ..rotation import DEFAULT_OVERLAP
from .form import CredentialForm
from .inputs import ExpiryBounds
from .inputs import given_in
from .inputs import Input
from .inputs import inputs_for
from .interfaces import ISecretPage
from functools import cached_property
from typing import Any
from zope import schema
from zope.component import getMultiAdapter
from zope.interface import Interface


#: How long the secrets before stay in use, in days.
OVERLAPS = {
    0: _("Not at all: the program is locked out until it has the new one"),
    1: _("For 1 day"),
    7: _("For 7 days"),
    30: _("For 30 days"),
}


class Overlap(schema.Choice):
    """One of OVERLAPS."""

    missing = _("Please choose how long the program may keep using what it has.")


class IOverlap(Interface):
    """What is asked about the secrets that a credential has."""

    overlap = Overlap(
        title=_("How long the program may keep using what it has"),
        description=_(
            "Give the program what the next page shows before this time is over."
            " Access tokens it already has stay valid until they expire."
        ),
        vocabulary=vocabulary_of(OVERLAPS),
        default=DEFAULT_OVERLAP // DAY,
    )


class RotateCredential(CredentialForm):
    """``@@…-rotate``."""

    page = "rotate"

    @property
    def title(self) -> str:
        return self.kind.texts.rotate_title

    @property
    def submit_label(self) -> str:
        return self.kind.texts.rotate_title

    @cached_property
    def credential(self) -> Any:
        """What gets another secret."""
        credential = super().credential
        if kind_of(credential).rotation_of(credential) is None:
            raise NotYours()
        return credential

    def description(self) -> str:
        credential, texts = self.credential, self.kind.texts
        names = {"title": credential.title, "owner": credential.owner}
        if self.place.kind is not None or self.is_mine(credential):
            return _(texts.rotation, mapping=names)
        return _(texts.rotation_for_other or texts.rotation, mapping=names)

    def check(self) -> None:
        check_may_widen(self.requester, self.credential)

    def save(self) -> str:
        # Else who may not rotate would read that it was done already.
        self.check()
        if self.text("newest") != self._newest:
            # Somebody sent the form twice; another rotation would end the secret that
            # the first one made.
            return self.go_to_list(self.kind.texts.rotated_already, "warning")
        given = given_in(self.inputs)
        overlap = given.pop("overlap")
        options = {"expires_at": given.pop("expires_at")}
        issued = self.kind.rotate(
            self.site,
            self.requester,
            self.credential,
            self.now,
            overlap if isinstance(overlap, InvalidInput) else overlap * DAY,
            material=given,
            options=options,
        )
        return getMultiAdapter((issued, self), ISecretPage).show()

    def hidden(self) -> dict[str, str]:
        return {**super().hidden(), "newest": self._newest}

    @property
    def _newest(self) -> str:
        """What tells the newest secret from those before and after it."""
        return repr(self.credential.secret_made_at)

    @cached_property
    def inputs(self) -> list[Input]:
        kind = self.kind
        found = inputs_for(
            self, kind.rotation_of(self.credential), IOverlap, kind.options
        )
        options = set(kind.options) - {"expires_at"}
        return [each for each in found if each.name not in options]

    @cached_property
    def decision(self) -> Decision:
        credential, kind = self.credential, self.kind
        return Decision(
            site=self.site,
            requester=self.requester,
            kind=kind,
            owner=credential.owner,
            now=self.now,
            made_at=self.now,
            before={**options_of(kind, credential), **kind.newest_secret(credential)},
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
