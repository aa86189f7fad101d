"""What an attacker may know and have: who they are, names of fields, valid values."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from pas.plugins.tokenauth.credentials.interfaces import ICredentialKind
from pas.plugins.tokenauth.credentials.rest.verbs import member_names
from zope.component import getUtilitiesFor

import html.parser


JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GRANT_TYPES = (
    *(JWT_BEARER, "client_credentials", "authorization_code", "refresh_token"),
    *("password", "urn:ietf:params:oauth:grant-type:device_code"),
    "urn:ietf:params:oauth:grant-type:token-exchange",
)
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
REDIRECT_URI = "https://app.example.org/cb"
CAS_URL = "https://shop.example.org/"
#: Parameters of the OAuth endpoints, and of the pages of the front channel.
OAUTH_FIELDS = (
    *("access_token", "acr_values", "actor_token", "answer", "assertion", "audience"),
    *("claims", "client_assertion", "client_assertion_type", "client_id"),
    *("client_secret", "code", "code_challenge", "code_challenge_method"),
    *("code_verifier", "device_code", "grant_type", "id_token_hint", "login_hint"),
    *("max_age", "nonce", "password", "pending", "post_logout_redirect_uri", "prompt"),
    *("redirect_uri", "refresh_token", "registration", "request", "request_uri"),
    *("requested_token_type", "resource", "response_mode", "response_type", "scope"),
    *("state", "subject_token", "subject_token_type", "token", "token_type_hint"),
    *("ui_locales", "user_code", "username"),
)
#: Parameters of the CAS server.
CAS_FIELDS = ("service", "ticket", "renew", "gateway", "format", "url", "pending")
#: Parameters of pages to which people are sent, which show no form before them.
FRONT_CHANNEL_FIELDS = {
    "/@@oauth2-authorize": OAUTH_FIELDS,
    "/@@oauth2-consent": OAUTH_FIELDS,
    "/@@oauth2-end-session": OAUTH_FIELDS,
    "/@@device": OAUTH_FIELDS,
    "/@@simple-sso": ("token", "pending"),
    "/@@simple-sso-resume": ("token", "pending"),
    "/@@partner-login": ("signature", "auth_user", "valid_until", "extra", "pending"),
    "/@@cas": CAS_FIELDS,
    "/@@link": ("password", "_authenticator"),
}


def front_channel_fields(path: str) -> tuple[str, ...]:
    """Names of the parameters of a page to which people are sent; none of others."""
    for page, fields in FRONT_CHANNEL_FIELDS.items():
        if path == page or path.startswith((f"{page}/", f"{page}-")):
            return fields
    return ()


def service_fields() -> tuple[str, ...]:
    """Members and parameters of the services, beside the settings."""
    kinds = [kind for _, kind in getUtilitiesFor(ICredentialKind)]
    schemas = {schema for kind in kinds for schema in (kind.options, kind.material)}
    names = member_names(*filter(None, schemas))
    return (*sorted(set(names)), *SERVICE_FIELDS)


#: Members of no credential.
SERVICE_FIELDS = (
    *("owner", "overlap", "scope", "search", "state", "sort_on", "sort_order", "user"),
    *("per_day", "b_start", "b_size", "kid", "object", "kind", "days"),
)


@dataclass
class World:
    """A site and what can be sent to it.

    :param site_path: of the site, from the root of Zope
    :param authorizations: values of the Authorization header, by who it is
    :param authenticator: the one of a form of the owner
    :param ids: client ids and ids of tokens, live and ended
    :param secrets: what no answer may show
    :param cookie: of the browser in which the owner has logged in
    :param links: what stands at the end of the URLs of signed links
    :param fields: names of the fields of each page, by its path
    :param values: values that mean something, by name of the field
    """

    host: str
    port: int
    site_path: str
    authorizations: Mapping[str, str]
    authenticator: str
    ids: tuple[str, ...]
    secrets: tuple[str, ...]
    cookie: str = ""
    links: tuple[str, ...] = ()
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)


def basic(user: str, password: str) -> str:
    """The Authorization header of a user."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii")


def oauth_values(grant: str, token: str, personal: str) -> dict[str, tuple[str, ...]]:
    """Values that mean something, by name of the field."""
    return {
        "grant_type": GRANT_TYPES,
        "assertion": (grant, grant[:-4], f"{grant}.x", "e30.e30.e30"),
        "client_assertion": (grant,),
        "client_assertion_type": (ASSERTION_TYPE,),
        "token": (token, personal, token[:-1]),
        "scope": ("plone.read", "plone.write", "plone.read nonsense"),
        "scopes": ("plone.read", "plone.write", "nonsense"),
        "owner": ("owner", "member", "nobody"),
        "title": ("A title",),
        "redirect_uri": (REDIRECT_URI,),
        "response_type": ("code", "code", "token", "id_token", "code token", "none"),
        "response_mode": ("query", "form_post", "fragment", "query.jwt"),
        "prompt": ("none", "login", "consent", "login consent", "none login"),
        "max_age": ("0", "1", "3600", "-1", "9" * 30),
        "subject_token_type": (ACCESS_TOKEN,),
        "requested_token_type": (ACCESS_TOKEN,),
        "answer": ("allow", "deny"),
        "service": (CAS_URL, f"{CAS_URL}?a=b", "https://evil.example.org/"),
        "ticket": (f"ST-{'a' * 43}", "PT-1"),
        "renew": ("true", "false"),
        "gateway": ("true", "false"),
        "format": ("JSON", "XML"),
        "idempotency_key": ("a" * 64, "0" * 32),
    }


class _FieldNames(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("input", "select", "textarea", "button") and given.get("name"):
            self.values.setdefault(str(given["name"]), given.get("value") or "")


def form_fields(page: str) -> dict[str, str]:
    """Names and values of the fields on a page."""
    parser = _FieldNames()
    parser.feed(page)
    return parser.values
