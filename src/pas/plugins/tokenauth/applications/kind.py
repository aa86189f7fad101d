"""The kind *application*: it belongs to the site; its secrets and keys are its own."""

from ..core.keys import PublicKey
from ..core.redirects import check_redirect_uri
from ..core.redirects import is_native
from ..core.redirects import origin_of
from ..core.redirects import RedirectRefused
from ..core.resources import is_below
from ..core.resources import is_resource
from ..core.resources import is_same
from ..core.text import cleaned
from ..core.tokens import CLIENT_SECRET_PREFIX
from ..core.tokens import digest
from ..core.tokens import make_token
from ..core.tokens import RANDOM_BYTES
from ..credentials.interfaces import IMaterial
from ..credentials.kind import Issued
from ..credentials.kind import SiteKind
from ..credentials.messages import redirect_message
from ..credentials.options import check_allowed
from ..credentials.options import Decision
from ..credentials.options import normalized
from ..credentials.publickeys import read_public_key
from ..credentials.rotation import rotated
from ..credentials.scopes import granted_scopes
from ..credentials.scopes import is_administrative
from ..credentials.scopes import known_scopes
from ..credentials.serializers import serialize_secret
from ..i18n import _
from ..permissions import ISSUE_KEYS_FOR_OTHERS
from ..permissions import MANAGE_APPLICATIONS
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.errors import NoIssuer
from ..site.errors import NotAllowed
from ..site.errors import Problems
from ..site.fields import checked
from ..site.fields import member_of
from ..storage.applications import Application
from ..storage.tokensecrets import TokenSecret
from .fields import DefaultScopes
from .fields import has_secret
from .fields import LogoutURI
from .fields import NONE
from .fields import PRIVATE_KEY_JWT
from .fields import ResourceScopes
from .fields import ResourceURL
from .fields import RunsAs
from .interfaces import IApplicationMaterial
from .interfaces import IApplicationOptions
from .resources import parse_line
from .resources import resources
from .texts import TEXTS
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any
from zope.interface.interface import InterfaceClass

import json
import secrets


#: Characters in a line about a scope.
_LINE_LENGTH = 200


class IssuedApplication(Issued):
    """An application, with the only copy of its fresh secret if it has one."""


class ApplicationKind(SiteKind):
    """See ICredentialKind."""

    stored = Application
    name = Application.kind
    order = 30
    options = IApplicationOptions
    material = IApplicationMaterial
    is_for_applications = True
    rotation = IApplicationMaterial
    secret_fields = ("secrets", "public_keys")
    issue_page = "tokenauth-controlpanel-register-application"
    endpoint = "@applications"
    id_member = "client_id"
    id_prefix = "app-"
    texts = TEXTS

    def check_ready(self, site: SiteContext) -> None:
        if not site.issuer:
            raise NoIssuer()

    def prepared(
        self,
        decision: Decision,
        material: Mapping[str, Any],
        options: Mapping[str, Any],
    ) -> PublicKey | None:
        signs = options.get("authentication") == PRIVATE_KEY_JWT
        return checked_key(material, decision.now, signs)

    def rotation_of(self, credential: Application) -> InterfaceClass | None:
        if credential.authentication == NONE:
            return None
        return IMaterial if has_secret(credential.authentication) else self.rotation

    def checked_rotation(
        self,
        site: SiteContext,
        credential: Application,
        material: Mapping[str, Any],
        now: float,
    ) -> PublicKey | None:
        if credential.authentication == NONE:
            raise NothingToRotate()
        signs = credential.authentication == PRIVATE_KEY_JWT
        public_key = checked_key(material, now, signs)
        live = credential.live_public_keys(now)
        if public_key is not None and public_key.kid in {each.kid for each in live}:
            raise InvalidInput(
                "public_key", _("The application has this public key already.")
            )
        return public_key

    def renew(
        self,
        site: SiteContext,
        credential: Application,
        prepared: PublicKey | None,
        ends_at: float,
        now: float,
    ) -> IssuedApplication:
        members: dict[str, str] = {
            "issuer": site.issuer,
            "token_endpoint": site.token_endpoint,
        }
        secret = ""
        if prepared is not None:
            credential.public_keys = rotated(
                credential.public_keys, prepared, ends_at, now, at_most=2
            )
        elif has_secret(credential.authentication):
            secret = make_token(CLIENT_SECRET_PREFIX, secrets.token_bytes(RANDOM_BYTES))
            made = TokenSecret(digest=digest(secret), added_at=now)
            credential.secrets = rotated(
                credential.secrets, made, ends_at, now, at_most=2
            )
            members["client_secret"] = secret
        document = {"client_id": credential.client_id, **members}
        return IssuedApplication(
            credential=credential,
            members=members,
            text=json.dumps(document, indent=2),
            secret=secret,
        )

    def permission_to_widen(self, credential: Any) -> str:
        # Whoever changes such a one can act as somebody who is not asked, or as an
        # administrator who has said yes to another program.
        if (
            credential.runs_as
            or credential.is_first_party
            or is_administrative(credential.scopes)
        ):
            return ISSUE_KEYS_FOR_OTHERS
        return MANAGE_APPLICATIONS

    def check_options(self, decision: Decision, accepted: Mapping[str, Any]) -> None:
        Problems(_contradictions(decision, accepted)).check()

    def details(self, credential: Application) -> dict[str, Any]:
        return {
            "client_secrets": [serialize_secret(each) for each in credential.secrets],
            "public_keys": [
                {
                    **serialize_secret(each),
                    "algorithm": each.algorithm,
                    "pem": each.pem,
                }
                for each in credential.public_keys
            ],
        }


class NothingToRotate(NotAllowed):
    """The application has neither a secret nor a key."""

    def __init__(self) -> None:
        super().__init__(_("This application has neither a secret nor a key."))


APPLICATION = ApplicationKind()


def checked_key(
    material: Mapping[str, Any], now: float, signs: bool
) -> PublicKey | None:
    """The public key that was given, None for an application that does not sign.

    :param signs: whether the application needs one
    :raises InvalidInput: when it cannot be used, is missing, or of no use
    """
    given = material.get("public_key", "")
    if isinstance(given, InvalidInput):
        raise given
    if not given.strip():
        if signs:
            raise InvalidInput("public_key", _("Please paste the public key."))
        return None
    if not signs:
        raise InvalidInput(
            "public_key",
            _(
                "Only an application that signs has a key: choose that, or leave this"
                " empty."
            ),
        )
    return read_public_key(material, now)


def _contradictions(
    decision: Decision, accepted: Mapping[str, Any]
) -> Iterator[InvalidInput]:
    """What does not go together; an option that cannot be used is not there."""
    before = decision.before
    uris = accepted.get("redirect_uris", ())
    for name in ("redirect_uris", "post_logout_redirect_uris"):
        for uri in accepted.get(name, ()):
            try:
                check_redirect_uri(uri, accepted.get("allowed_schemes", ()))
            except RedirectRefused as refused:
                yield InvalidInput(name, redirect_message(uri, refused))
                break
    authentication = accepted.get("authentication", "")
    if before and authentication and not _is_alike(before, authentication):
        yield InvalidInput(
            "token_endpoint_auth_method",
            _(
                "This cannot be changed between a secret, a key and neither: register"
                " another application."
            ),
        )
    if authentication == NONE and accepted.get("runs_as"):
        yield InvalidInput(
            "runs_as",
            _("An application that cannot keep a secret cannot act by itself."),
        )
    if authentication == NONE and accepted.get("uses_passwords"):
        yield InvalidInput(
            "uses_passwords",
            _("An application that cannot keep a secret must not send passwords."),
        )
    if accepted.get("is_first_party") and any(map(is_native, uris)):
        yield InvalidInput(
            "is_first_party",
            _(
                "Any program on a computer could answer at one of the redirect URIs, so"
                " people must be asked."
            ),
        )
    yield from _contradictions_of_resource(decision, accepted)
    missing = granted_scopes(accepted.get("default_scopes", ())) - granted_scopes(
        accepted.get("scopes", ())
    )
    if "scopes" in accepted and missing:
        yield InvalidInput(
            "default_scopes",
            _(
                "The application may not do this: ${scopes}.",
                mapping={"scopes": ", ".join(sorted(missing))},
            ),
        )


def _contradictions_of_resource(
    decision: Decision, accepted: Mapping[str, Any]
) -> Iterator[InvalidInput]:
    """The same, as far as it is about a resource."""
    if not accepted.get("resource"):
        for name in ("resource_scopes", "may_exchange", "is_open"):
            if accepted.get(name):
                yield InvalidInput(name, _("Only a resource has this: enter its URL."))
        return
    if accepted.get("authentication") == NONE:
        yield InvalidInput(
            "resource",
            _("A resource asks about tokens, so it needs a secret or a key."),
        )
    before = decision.before.get("resource")
    others = [it.resource for it in resources(decision.site) if it.resource != before]
    if any(is_same(other, accepted["resource"]) for other in others):
        yield InvalidInput(
            "resource", _("There is another application with this resource.")
        )
    taken = {
        name
        for name, scope in known_scopes().items()
        if not scope.resource or scope.resource != before
    }
    for line in accepted.get("resource_scopes", ()):
        name, _sentence = parse_line(line)
        if name in taken:
            yield InvalidInput(
                "resource_scopes",
                _("There is a scope ${name} already.", mapping={"name": name}),
            )


def _is_alike(before: Mapping[str, Any], authentication: str) -> bool:
    was = before.get("authentication", authentication)
    return was == authentication or (has_secret(was) and has_secret(authentication))


@check_allowed.register
def _check_defaults(
    field: DefaultScopes, value: tuple[str, ...], decision: Decision
) -> None:
    unknown = [name for name in value if name not in granted_scopes(value)]
    if unknown:
        raise InvalidInput(
            member_of(field),
            _("There is no scope ${name}.", mapping={"name": unknown[0]}),
        )


@check_allowed.register
def _check_logout_uri(field: LogoutURI, value: str, decision: Decision) -> None:
    if not value:
        return
    try:
        check_redirect_uri(value)
        if not origin_of(value):
            raise RedirectRefused("not_https")
    except RedirectRefused as refused:
        raise InvalidInput(member_of(field), redirect_message(value, refused)) from None


@check_allowed.register
def _check_resource(field: ResourceURL, value: str, decision: Decision) -> None:
    if not value:
        return
    if not is_resource(value):
        raise InvalidInput(
            member_of(field),
            _(
                "A resource is a URL that begins with https, of at most 500 characters,"
                " without a fragment (#) and without a user."
            ),
        )
    if is_below(decision.site.issuer, value):
        raise InvalidInput(
            member_of(field), _("What is inside this site is the site itself.")
        )


@normalized.register
def _normalized_resource(field: ResourceURL, value: str) -> str:
    return value.strip()


@normalized.register
def _normalized_scopes(
    field: ResourceScopes, value: tuple[str, ...]
) -> tuple[str, ...]:
    """Each once, with one space between name and sentence."""
    checked(field, tuple(line.strip() for line in value))
    found: dict[str, str] = {}
    for line in filter(None, (cleaned(each, _LINE_LENGTH).strip() for each in value)):
        name, sentence = parse_line(line)
        if not (name and sentence):
            raise InvalidInput(
                member_of(field),
                _(
                    "“${line}”: a scope is a name of printable ASCII without quotes or"
                    " backslashes, a space and a sentence.",
                    mapping={"line": line[:80]},
                ),
            )
        if name in found:
            raise InvalidInput(
                member_of(field),
                _("There is more than one ${name}.", mapping={"name": name}),
            )
        found[name] = f"{name} {sentence}"
    return tuple(found.values())


@check_allowed.register
def _check_runs_as(field: RunsAs, value: str, decision: Decision) -> None:
    if not value:
        return
    if not decision.requester.may(ISSUE_KEYS_FOR_OTHERS):
        raise InvalidInput(
            member_of(field), _("You are not allowed to let a program act as a user.")
        )
    if decision.site.users.get(value) is None:
        raise InvalidInput(member_of(field), _("There is no such user in this site."))
