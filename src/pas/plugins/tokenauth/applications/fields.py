"""Fields of the options of an application. Like those of others, they need no Zope."""

from ..credentials.fields import Lines
from ..credentials.fields import OptionalLine
from ..credentials.fields import PublicKeyText
from ..i18n import _
from zope import schema


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


class LogoutURI(OptionalLine):
    """Where an application hears that somebody has logged out; empty for nowhere."""


class DefaultScopes(Lines):
    """Names of the scopes that an application gets where it names none."""

    usual = {"argument": "default_scope"}


class ResourceURL(OptionalLine):
    """By which URL tokens can be for an application; empty where none are."""


class ResourceScopes(Lines):
    """Scopes of a resource, each a name, a space and a sentence."""

    usual = {"argument": "resource_scope"}


class RunsAs(OptionalLine):
    """User id as whom an application acts by itself; empty where it does not."""


class ApplicationKey(PublicKeyText):
    """The public half of an application's own key."""
