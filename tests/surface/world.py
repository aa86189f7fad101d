"""What an attacker may know and have: who they are, names of fields, valid values."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from pas.plugins.tokenauth.credentials.rest.verbs import member_names
from pas.plugins.tokenauth.servicekeys.interfaces import IServiceKeyMaterial
from pas.plugins.tokenauth.servicekeys.interfaces import IServiceKeyOptions

import html.parser


JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: Parameters of the OAuth endpoints.
OAUTH_FIELDS = (
    "grant_type",
    "assertion",
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "scope",
    "token",
    "token_type_hint",
    "resource",
    "response_type",
    "redirect_uri",
    "code",
    "refresh_token",
)
#: Parameters of the CAS server.
CAS_FIELDS = ("service", "ticket", "renew", "gateway", "format", "url", "pending")
CAS_URL = "https://shop.example.org/"
#: Members and parameters of the services, beside the settings.
SERVICE_FIELDS = (
    *member_names(IServiceKeyOptions, IServiceKeyMaterial),
    "owner",
    "overlap",
    "scope",
    "search",
    "state",
    "sort_on",
    "sort_order",
    "per_day",
    "b_start",
    "b_size",
)


@dataclass
class World:
    """A site and what can be sent to it.

    :param site_path: of the site, from the root of Zope
    :param authorizations: values of the Authorization header, by who it is
    :param authenticator: the one of a form of the owner
    :param ids: client ids and ids of tokens, live and ended
    :param secrets: what no answer may show
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
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)


def basic(user: str, password: str) -> str:
    """The Authorization header of a user."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii")


def oauth_values(grant: str, token: str, personal: str) -> dict[str, tuple[str, ...]]:
    """Values that mean something, by name of the field."""
    return {
        "grant_type": (JWT_BEARER, "client_credentials"),
        "assertion": (grant, grant[:-4], f"{grant}.x", "e30.e30.e30"),
        "client_assertion": (grant,),
        "client_assertion_type": (ASSERTION_TYPE,),
        "token": (token, personal, token[:-1]),
        "scope": ("plone.read", "plone.write", "plone.read nonsense"),
        "scopes": ("plone.read", "plone.write", "nonsense"),
        "owner": ("owner", "member", "nobody"),
        "title": ("A title",),
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
