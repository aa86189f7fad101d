"""Settings for applications that register themselves."""

from ..core.scopes import READ
from ..core.scopes import WRITE
from ..credentials.fields import Switch
from ..credentials.fields import vocabulary_of
from ..credentials.scopes import granted_scopes
from ..credentials.scopes import known_scopes
from ..i18n import _
from ..site.context import SiteContext
from ..site.sections import SettingsSection
from collections.abc import Collection
from zope import schema
from zope.interface import Interface

import re


#: A host with its port if it has one, and a subdomain of any depth below `*.`; the
#: loopback address of IPv6; or a scheme.
_HOST = re.compile(
    r"(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?"
    r"|\[::1\]|[a-z][a-z0-9+.-]*:"
)
#: Scopes by which such an application learns who somebody is, or stays signed in.
_HARMLESS = frozenset({"openid", "profile", "email", "offline_access"})


def _is_host(text: str) -> bool:
    return _HOST.fullmatch(text) is not None


class IRegistrationSettings(Interface):
    """What holds for applications that register themselves."""

    client_documents = Switch(
        title=_("Applications can be known by a document"),
        description=_(
            "An application that no administrator has registered names the URL of a"
            " document about itself, as AI assistants do. People are asked each time."
        ),
        default=True,
    )
    dynamic_registration = Switch(
        title=_("Applications can register themselves"),
        description=_(
            "Anybody can then store up to three kilobytes here, without a log-in."
            " Switch it on for applications that have no document. People are asked"
            " each time."
        ),
    )
    self_registered_scope = schema.Choice(
        title=_("Self-registered applications may at most"),
        description=_("Nobody has looked at these applications. It applies at once."),
        vocabulary=vocabulary_of({READ: _("Read"), WRITE: _("Read and write")}),
        default=READ,
    )
    self_registered_hosts = schema.Tuple(
        title=_("Hosts of self-registered applications"),
        description=_(
            "The only hosts from which they come, one on each line; *.example.org means"
            " every host below example.org. Programs on people's computers come from"
            " 127.0.0.1, [::1], localhost or a scheme such as cursor:. Leave it empty"
            " for any host."
        ),
        value_type=schema.TextLine(constraint=_is_host),
        max_length=500,
        required=False,
        default=(),
    )
    refused_hosts = schema.Tuple(
        title=_("Hosts without self-registered applications"),
        description=_(
            "Hosts, one on each line, whose applications get in no more, also those"
            " that people have allowed."
        ),
        value_type=schema.TextLine(constraint=_is_host),
        max_length=500,
        required=False,
        default=(),
    )
    max_registrations = schema.Int(
        title=_("Maximum number of self-registered applications"),
        description=_(
            "From 1 to 10000. When there are as many, the oldest goes that nobody has"
            " allowed anything."
        ),
        min=1,
        max=10000,
        default=1000,
    )


REGISTRATION = SettingsSection(
    IRegistrationSettings, _("Applications that register themselves"), order=75
)


def are_allowed_hosts(site: SiteContext, hosts: Collection[str]) -> bool:
    """Whether self-registered applications of all these hosts may get in.

    :param hosts: each with its port, if it has one
    """
    settings = site.settings
    if any(_is_covered(host, settings.refused_hosts) for host in hosts):
        return False
    allowed = settings.self_registered_hosts
    return not allowed or all(_is_covered(host, allowed) for host in hosts)


def self_registered_scopes(site: SiteContext) -> frozenset[str]:
    """Names of the scopes that such an application can be granted."""
    known = known_scopes()
    more = {name for name, scope in known.items() if scope.is_for_self_registered}
    harmless = _HARMLESS & known.keys()
    return granted_scopes([site.settings.self_registered_scope]) | harmless | more


def _is_covered(host: str, patterns: Collection[str]) -> bool:
    return any(_covers(pattern, host) for pattern in patterns)


def _covers(pattern: str, host: str) -> bool:
    host = host.lower()
    # One without a port is for every port; a scheme is none of the hosts.
    names = {host, re.sub(":[0-9]+$", "", host)}
    if pattern.startswith("*."):
        return any(name.endswith(pattern[1:]) for name in names)
    return pattern in names
