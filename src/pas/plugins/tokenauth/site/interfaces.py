"""Contracts: the settings of a site, and its plugin that keeps them."""

from ..core.keys import ALGORITHMS
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
from zope.interface import Interface
from zope.interface import taggedValue


#: Where the plugin is in the user folder of a site.
PLUGIN_ID = "token_auth"
#: Tag of what a section of the settings is called.
SECTION = "section"


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

    taggedValue(SECTION, _("Address of the site"))

    issuer = schema.TextLine(
        title=_("Issuer"),
        description=_(
            "The public URL of this site, for instance https://www.example.org."
            " Clients address their grants to it; it is never taken from a request."
            " https is required, except for this computer itself."
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

    taggedValue(SECTION, _("Tokens and grants"))

    access_token_lifetime = schema.Int(
        title=_("Lifetime of access tokens"),
        description=_("Seconds, from 60 to 86400. google-auth needs more than 225."),
        min=60,
        max=86400,
        default=3600,
    )
    grant_lifetime = schema.Int(
        title=_("Maximum lifetime of a grant"),
        description=_("Seconds from iat to exp, from 60 to 3600."),
        min=60,
        max=3600,
        default=3600,
    )
    leeway = schema.Int(
        title=_("Leeway"),
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


class IUsageSettings(Interface):
    """What is kept of uses, and for how long."""

    taggedValue(SECTION, _("Usage and retention"))

    usage_recording_interval = schema.Int(
        title=_("Recording of uses"),
        description=_(
            "Minutes, from 1 to 1440: uses of a personal access token are written to"
            " the usage log at most this often, by each server process. When a server"
            " crashes, at most the uses of this time are lost."
        ),
        min=1,
        max=1440,
        default=5,
    )
    usage_log_retention = schema.Int(
        title=_("Retention of the usage log"),
        description=_("Days; the newest entry of each key and token always stays."),
        min=1,
        max=3650,
        default=7,
    )
    revoked_key_retention = schema.Int(
        title=_("Retention of revoked keys and tokens"),
        description=_(
            "Days for which a revoked key or personal access token and its usage log"
            " stay visible."
        ),
        min=1,
        max=3650,
        default=90,
    )


class ICredentialSettings(Interface):
    """What holds for credentials of every kind."""

    taggedValue(SECTION, _("Policies for service keys and personal access tokens"))

    require_ip_ranges = schema.Bool(
        title=_("Require IP ranges"),
        description=_(
            "No key and no personal access token is issued that can be used from"
            " anywhere."
        ),
        required=False,
        default=False,
    )
    allow_admin_scopes = schema.Bool(
        title=_("Programs may administer"),
        description=_(
            "Keys and tokens may have the scopes “Read everything” and “Administer”."
            " While this is off, none is issued with them, and those that have them"
            " work on content only."
        ),
        required=False,
        default=True,
    )


class IServiceKeySettings(Interface):
    """What holds for service keys."""

    taggedValue(SECTION, _("Policies for service keys"))

    max_key_lifetime = schema.Int(
        title=_("Maximum lifetime of a service key"),
        description=_(
            "Days from when its key pair is made, from 1 to 3650. Leave it empty to"
            " let keys live for any time. It applies to what is issued, rotated or"
            " changed from now on."
        ),
        min=1,
        max=3650,
        required=False,
        default=None,
    )
    max_keys_per_user = schema.Int(
        title=_("Maximum number of service keys per user"),
        description=_(
            "From 1 to 1000; keys that are revoked or expired do not count. Leave it"
            " empty for any number."
        ),
        min=1,
        max=1000,
        required=False,
        default=None,
    )
    allowed_algorithms = schema.Tuple(
        title=_("Allowed algorithms"),
        description=_(
            "With which programs may sign: at least one. Many clients know RS256 only."
        ),
        value_type=schema.Choice(values=ALGORITHMS),
        min_length=1,
        unique=True,
        default=ALGORITHMS,
    )


class IPersonalAccessTokenSettings(Interface):
    """What holds for personal access tokens."""

    taggedValue(SECTION, _("Policies for personal access tokens"))

    max_personal_access_token_lifetime = schema.Int(
        title=_("Maximum lifetime of a personal access token"),
        description=_(
            "Days from when it is issued, from 1 to 3650. Leave it empty for any time."
            " It applies to what is issued or changed from now on."
        ),
        min=1,
        max=3650,
        required=False,
        default=None,
    )
    personal_access_tokens_may_never_end = schema.Bool(
        title=_("Personal access tokens may never expire"),
        description=_(
            "Lets users choose that a token never expires, unless there is a maximum"
            " lifetime. Not recommended: forgotten tokens are found by others."
        ),
        required=False,
        default=False,
    )
    max_personal_access_tokens_per_user = schema.Int(
        title=_("Maximum number of personal access tokens per user"),
        description=_(
            "From 1 to 1000; tokens that are revoked or expired do not count. Leave it"
            " empty for any number."
        ),
        min=1,
        max=1000,
        required=False,
        default=None,
    )
    personal_access_tokens_as_passwords = schema.Bool(
        title=_("Accept personal access tokens as passwords"),
        description=_(
            "Lets tools that know nothing but user name and password (HTTP Basic) send"
            " a personal access token as the password. The user name must be that of"
            " the token's owner."
        ),
        required=False,
        default=False,
    )


class ITokenAuthSettings(
    IAddressSettings,
    ITokenSettings,
    IUsageSettings,
    ICredentialSettings,
    IServiceKeySettings,
    IPersonalAccessTokenSettings,
):
    """Settings of this site; they live on the PAS plugin.

    Each base is a section, and its tagged value SECTION is the title of it.
    """


class ISiteContext(Interface):
    """The context of this site as an authorization server (RFC 6749 section 1.1)."""

    settings = Attribute("ITokenAuthSettings")
    storage = Attribute("storage.interfaces.ITokenAuthStorage")
    portal = Attribute("The site")
    users = Attribute("SiteUsers")
    issuer = Attribute("The issuer in force, or an empty string")
    token_endpoint = Attribute("URL of the token endpoint, or an empty string")
    pages_url = Attribute("Below which URL people see pages, or an empty string")

    def page_url(name):
        """The public URL of a page for people, or an empty string."""

    def audiences(now):
        """What a grant may be addressed to at this time, as a set of strings."""


class ITokenAuthPlugin(ITokenAuthSettings):
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


class ISiteDiagnosis(Interface):
    """Tells administrators what needs attention; a named utility of a feature."""

    def __call__(site):
        """What it is, as diagnostics.SiteWarning, in a list.

        :param site: ISiteContext
        """
