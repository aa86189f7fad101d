"""Another secret for the same credential, while those before it end, or are ended."""

from ..core.clock import DAY
from ..events import ChangedEvent
from ..i18n import _
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.fields import fields_of
from ..site.requester import Requester
from ..storage.interfaces import ICredential
from .fields import Switch
from .interfaces import ICredentialKind
from .kinds import kind_of
from .options import accepted_options
from .options import Decision
from .options import options_of
from .service import announce
from .service import check_changeable
from .service import note
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from typing import TypeVar


#: One in use, one that replaces it, and one for who rotates again too soon.
MAX_SECRETS = 3
#: Seconds for which those before it work, where nobody says for how many.
DEFAULT_OVERLAP = 7 * DAY
MAX_OVERLAP = 90 * DAY

#: A frozen dataclass with `kid`, `added_at`, `expires_at` and the method `is_live`.
Secret = TypeVar("Secret", bound=Any)


def rotated(
    secrets: tuple[Secret, ...],
    added: Secret,
    ends_at: float,
    now: float,
    at_most: int = MAX_SECRETS,
) -> tuple[Secret, ...]:
    """The secrets with another one; those before it end at a time at the latest.

    :param at_most: how many may be in use, with the new one
    :raises InvalidInput: when too many would be in use
    """
    kept = tuple(_ending(each, ends_at) for each in secrets if each.is_live(now))
    kept = tuple(each for each in kept if each.is_live(now))
    if len(kept) >= at_most:
        raise InvalidInput(
            "overlap",
            _(
                "Too many earlier ones would still be in use besides the new one."
                " End them immediately, or wait until one has expired."
            ),
        )
    return (*kept, added)


def checked_overlap(overlap: float | InvalidInput) -> float:
    """The seconds for which the secrets before still work.

    :raises InvalidInput: when these are too many, or none could be read
    """
    if isinstance(overlap, InvalidInput):
        raise overlap
    if not 0 <= overlap <= MAX_OVERLAP:
        raise InvalidInput("overlap", _("Please choose at most 90 days."))
    return overlap


def expiry_of_new_secret(
    site: SiteContext,
    requester: Requester,
    kind: ICredentialKind,
    credential: ICredential,
    now: float,
    options: Mapping[str, Any],
) -> float | None:
    """When a credential ends that gets a new secret: it obeys policies like a new one.

    :param options: with `expires_at`, if it is to change
    :raises InvalidInput: for everything that is not acceptable
    """
    before = options_of(kind, credential)
    switches = {
        name: before[name]
        for name, option in fields_of(kind.options).items()
        if isinstance(option, Switch)
    }
    decision = Decision(
        site=site,
        requester=requester,
        kind=kind,
        owner=credential.owner,
        now=now,
        made_at=now,
        before=switches,
    )
    accepted = accepted_options(decision, {**before, **options})
    return accepted["expires_at"]


def secrets_in_use(credential: ICredential, now: float) -> list[Any]:
    """What is kept of the secrets and keys that a credential can be used with."""
    return [
        secret
        for name in kind_of(credential).secret_fields
        for secret in getattr(credential, name)
        if secret.is_live(now)
    ]


def check_may_end(credential: ICredential, kid: str, now: float) -> None:
    """Refuse to end a secret or key that is not in use, or is the only one.

    :raises InvalidInput: for such a one
    """
    in_use = [each.kid for each in secrets_in_use(credential, now)]
    if kid not in in_use:
        raise InvalidInput("kid", _("No secret or key in use has this id."))
    if in_use == [kid]:
        raise InvalidInput(
            "kid",
            _("This is the only secret or key in use: rotate it first, or revoke it."),
        )


def end_secret(
    requester: Requester, credential: ICredential, kid: str, now: float
) -> None:
    """End one secret or key at once; the others, and tokens in use, stay.

    Who may see the credential may do it: it lets a program do less.

    :param credential: as credential_of or own_credential has found it
    :raises NotAllowed: when the credential has ended
    :raises InvalidInput: when the secret is not in use, or is the only one
    """
    check_changeable(credential)
    check_may_end(credential, kid, now)
    for name in kind_of(credential).secret_fields:
        kept = (
            _ending(each, now) if each.kid == kid else each
            for each in getattr(credential, name)
        )
        setattr(credential, name, tuple(kept))
    note("end secret", [credential], requester)
    details = {"action": "end_secret", "kid": kid}
    announce(ChangedEvent, credential, requester, details=details)


def _ending(secret: Secret, ends_at: float) -> Secret:
    if secret.expires_at is not None:
        ends_at = min(ends_at, secret.expires_at)
    return replace(secret, expires_at=ends_at)
