"""Fields of the options of an application. Like those of others, they need no Zope."""

from ..core.keys import EDDSA
from ..core.keys import ES256
from ..core.keys import RS256
from ..credentials.fields import Lines
from ..credentials.fields import OptionalLine
from ..credentials.fields import PublicKeyText
from ..i18n import _
from typing import Any
from zope import schema
from zope.schema.vocabulary import SimpleTerm
from zope.schema.vocabulary import SimpleVocabulary


#: A secret, in the header or the body: as its library likes it.
CLIENT_SECRET = "client_secret"
CLIENT_SECRET_BASIC = "client_secret_basic"
CLIENT_SECRET_POST = "client_secret_post"
PRIVATE_KEY_JWT = "private_key_jwt"
NONE = "none"

#: What each way to authenticate is called.
AUTHENTICATIONS = {
    CLIENT_SECRET: _("With a secret, which the site makes and shows once"),
    CLIENT_SECRET_BASIC: _("With a secret, in the header only (client_secret_basic)"),
    CLIENT_SECRET_POST: _("With a secret, in the body only (client_secret_post)"),
    PRIVATE_KEY_JWT: _("By signing with a key of its own (private_key_jwt)"),
    NONE: _("Not at all: it cannot keep a secret, like a mobile or desktop app"),
}
#: The methods of client authentication that each has (RFC 7591 section 2).
METHODS = {
    CLIENT_SECRET: frozenset({CLIENT_SECRET_BASIC, CLIENT_SECRET_POST}),
    **{each: frozenset({each}) for each in AUTHENTICATIONS if each != CLIENT_SECRET},
}
#: What each sort of names is called (OpenID Connect Core section 8).
SUBJECT_TYPES = {
    "public": _("By one name in all applications (public)"),
    "pairwise": _("By names that no other application knows (pairwise)"),
}


def has_secret(authentication: str) -> bool:
    """Whether who authenticates in this way has a secret of the site."""
    return authentication.startswith(CLIENT_SECRET)


class Authentication(schema.Choice):
    """How an application authenticates itself: one of AUTHENTICATIONS."""

    member = "token_endpoint_auth_method"

    def __init__(self, **attributes: Any) -> None:
        terms = [
            SimpleTerm(name, name, title) for name, title in AUTHENTICATIONS.items()
        ]
        super().__init__(
            vocabulary=SimpleVocabulary(terms), default=CLIENT_SECRET, **attributes
        )


class RedirectURIs(Lines):
    """Where people may be sent back to, see core.redirects."""

    argument = "redirect_uri"


class PostLogoutURIs(Lines):
    """Where people may be sent back to who log out, see core.redirects."""

    argument = "post_logout_redirect_uri"


class LogoutURI(OptionalLine):
    """Where an application hears that somebody has logged out; empty for nowhere."""


class SigningAlgorithm(schema.Choice):
    """By which algorithm the site signs what it tells an application about people."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(values=(RS256, ES256, EDDSA), default=RS256, **attributes)


class SubjectType(schema.Choice):
    """By what names an application knows people: one of SUBJECT_TYPES."""

    def __init__(self, **attributes: Any) -> None:
        terms = [SimpleTerm(name, name, title) for name, title in SUBJECT_TYPES.items()]
        super().__init__(
            vocabulary=SimpleVocabulary(terms), default="public", **attributes
        )


class Schemes(Lines):
    """Schemes of URIs, without the colon."""

    argument = "allow_scheme"


class DefaultScopes(Lines):
    """Names of the scopes that an application gets where it names none."""

    argument = "default_scope"


class ResourceURL(OptionalLine):
    """By which URL tokens can be for an application; empty where none are."""


class ResourceScopes(Lines):
    """Scopes of a resource, each a name, a space and a sentence."""

    argument = "resource_scope"


class RunsAs(OptionalLine):
    """User id as whom an application acts by itself; empty where it does not."""


class ApplicationKey(PublicKeyText):
    """The public half of an application's own key."""
