"""Contracts: the settings of a site, and its plugin that keeps them."""

from ..i18n import _
from .errors import InvalidInput
from .fields import from_json
from .fields import from_text
from .fields import is_string
from .fields import member_of
from .fields import to_json
from .fields import to_text
from .issuer import FormerTokenEndpoint
from .issuer import is_issuer
from .issuer import is_token_endpoint
from datetime import date
from typing import Any
from zope import schema
from zope.interface import Attribute
from zope.interface import classImplements
from zope.interface import Interface


#: Where the plugin is in the user folder of a site.
PLUGIN_ID = "token_auth"


class IFormerTokenEndpoint(Interface):
    """A URL that this site's grants used to be addressed to."""

    url = schema.TextLine(
        title=_("URL"),
        constraint=is_token_endpoint,
    )
    until = schema.Date(
        title=_("Accepted until"),
        description=_("The last day on which grants addressed to it are accepted."),
    )


classImplements(FormerTokenEndpoint, IFormerTokenEndpoint)


class FormerTokenEndpoints(schema.Tuple):
    """Several of them; in text, each on a line of its own with its last day."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(value_type=schema.Object(IFormerTokenEndpoint), **attributes)


@from_text.register
@from_json.register
def _endpoints(
    field: FormerTokenEndpoints, typed: Any
) -> tuple[FormerTokenEndpoint, ...]:
    if not is_string(typed):
        raise InvalidInput(member_of(field), _("Please enter one string."))
    lines = [line.split() for line in typed.splitlines() if line.strip()]
    try:
        return tuple(
            FormerTokenEndpoint(url, date.fromisoformat(until)) for url, until in lines
        )
    except ValueError:
        raise InvalidInput(
            member_of(field),
            _("Please enter a URL and a date like 2030-12-31 in each line."),
        ) from None


@to_text.register
@to_json.register
def _endpoint_lines(
    field: FormerTokenEndpoints, value: tuple[FormerTokenEndpoint, ...]
) -> str:
    return "\n".join(f"{each.url} {each.until.isoformat()}" for each in value)


class IAddressSettings(Interface):
    """Under which address programs and people find the site."""

    issuer = schema.TextLine(
        title=_("Issuer"),
        description=_(
            "The public URL of this site, for instance https://www.example.org."
            " Clients address their grants to it; it is never taken from a request."
            " https is required, except for this computer itself. Grants for the issuer"
            " before stay accepted for 90 days: see the former token endpoints."
        ),
        constraint=is_issuer,
        required=False,
        default="",
    )
    pages_url = schema.TextLine(
        title=_("URL of the pages"),
        description=_(
            "The URL below which people log in and see the pages of Plone, if it is not"
            " the issuer. For a site with Volto: https://www.example.org/ClassicUI"
        ),
        constraint=is_issuer,
        required=False,
        default="",
    )
    former_token_endpoints = FormerTokenEndpoints(
        title=_("Former token endpoints"),
        description=_(
            "URLs that grants may still be addressed to, one in each line, with the"
            " last day: https://old.example.org/@@oauth2-token 2030-12-31"
        ),
        required=False,
        default=(),
    )


class ITokenSettings(Interface):
    """How long tokens and grants live."""

    access_token_lifetime = schema.Int(
        title=_("Lifetime of access tokens (seconds)"),
        description=_("Seconds, from 60 to 86400. google-auth needs more than 225."),
        min=60,
        max=86400,
        default=3600,
    )
    grant_lifetime = schema.Int(
        title=_("Maximum lifetime of a grant (seconds)"),
        description=_("Seconds from iat to exp, from 60 to 3600."),
        min=60,
        max=3600,
        default=3600,
    )
    leeway = schema.Int(
        title=_("Leeway (seconds)"),
        description=_("Seconds that the clock of a client may differ, from 0 to 300."),
        min=0,
        max=300,
        default=60,
    )
    accept_token_endpoint_audience = schema.Bool(
        title=_("Accept client assertions for the token endpoint"),
        description=_(
            "By the present rules a client that authenticates itself by an assertion"
            " addresses it to the issuer alone. Some older clients address it to the"
            " token endpoint: this accepts them, too."
        ),
        required=False,
        default=False,
    )


class ISettingsSection(Interface):
    """A section of the settings: a utility that `tokenauth:settingsSection` registers.

    Its settings are attributes of ISiteContext.settings, with the defaults of their
    fields, and stand in Site Setup, in the ZMI and in REST.
    """

    schema = Attribute("Schema of its settings; their names are those of no other")
    title = Attribute("What people read above them")
    order = Attribute("A number; sections with smaller ones come first")
    page = Attribute(
        "What the name of a page about it adds to that of the panel; empty for none"
    )
    page_title = Attribute("What a link to that page says")


class ISiteContext(Interface):
    """The context of this site as an authorization server (RFC 6749 section 1.1)."""

    settings = Attribute("The settings in force, see ISettingsSection")
    storage = Attribute("storage.root.TokenAuthStorage")
    portal = Attribute("The site")
    users = Attribute("SiteUsers")
    issuer = Attribute("The issuer in force, or an empty string")
    token_endpoint = Attribute("URL of the token endpoint, or an empty string")
    pages_url = Attribute("Below which URL people see pages, or an empty string")

    def page_url(name):
        """The public URL of a page for people, or an empty string."""

    def audiences(now):
        """What a grant may be addressed to at this time, as a set of strings."""


class ITokenAuthPlugin(Interface):
    """The PAS plugin: authenticates requests with a valid token, keeps the settings."""


class IHealthCheck(Interface):
    """Checks one thing that this process needs; a named utility."""

    def __call__(site, now):
        """Check it.

        :param site: ISiteContext
        :param now: seconds since the epoch
        :returns: what is wrong, behind the name of the check and without anything that
            strangers must not know; an empty string for nothing; a health.Remark for
            what is worth telling, and not wrong
        :raises Exception: whatever keeps it from being checked, which counts as wrong
        """


class IKnownUsers(Interface):
    """Says about whom a feature keeps something: a named adapter of ISiteContext.

    When such a user is gone for good, there is an IUserGoneEvent. Owners of credentials
    need not be named.
    """

    def __call__(now):
        """The ids of the users, as a set.

        :param now: seconds since the epoch
        """


class ISiteDiagnosis(Interface):
    """Tells administrators what needs attention; a named utility of a feature."""

    def __call__(site):
        """What it is, as diagnostics.SiteWarning, in a list.

        :param site: ISiteContext
        """
