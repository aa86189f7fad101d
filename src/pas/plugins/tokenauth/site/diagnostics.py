"""What an administrator should look into: what makes authorization unsafe, or fail."""

from ..core.ipranges import normalized_address
from ..i18n import _
from .context import SiteContext
from .issuer import is_local_host
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit


Level = Literal["warning", "info"]


@dataclass(frozen=True, kw_only=True)
class VisitFacts:
    """What a visit of an administrator shows about the way to the site.

    :param url: the URL by which the site is visited
    :param client_address: the visitor's address, as the server sees it
    :param forwarded_for: the header X-Forwarded-For, or an empty string
    :param is_first: whether the plugin is the first that reads credentials
    :param sends_mail: whether the site can send mail
    """

    url: str
    client_address: str
    forwarded_for: str
    is_first: bool
    sends_mail: bool


@dataclass(frozen=True, kw_only=True)
class SiteWarning:
    """One thing that needs attention.

    :param code: by which tests and programs know it
    :param message: translatable message for people
    :param level: `info` for what may well be meant
    """

    code: str
    message: str
    level: Level = "warning"


def warnings(site: SiteContext, visit: VisitFacts) -> list[SiteWarning]:
    """Everything that needs attention, the most urgent first."""
    return [*_about_issuer(site, visit), *_about_visit(visit)]


def _about_issuer(site: SiteContext, visit: VisitFacts) -> list[SiteWarning]:
    issuer = site.issuer
    if not issuer:
        message = _("The site has no issuer: no key can be issued and no grant used.")
        return [SiteWarning(code="no_issuer", message=message)]
    found = []
    if urlsplit(issuer).scheme != "https":
        message = _(
            "The issuer ${issuer} is not https: fit for trying out, and for nothing"
            " else.",
            mapping={"issuer": issuer},
        )
        found.append(SiteWarning(code="not_https", message=message))
    if site.overridden_issuer:
        message = _(
            "zope.conf says that the issuer is ${issuer}. Grants for the original of"
            " this copy are refused.",
            mapping={"issuer": issuer},
        )
        found.append(SiteWarning(code="overridden", message=message, level="info"))
    elif visit.url != issuer:
        message = _(
            "You visit this site at ${url}, but its issuer is ${issuer}. If it is a"
            " copy of another site, set its own issuer in zope.conf: else it accepts"
            " the other site's grants.",
            mapping={"url": visit.url, "issuer": issuer},
        )
        found.append(SiteWarning(code="copy", message=message))
    return found


def _about_visit(visit: VisitFacts) -> list[SiteWarning]:
    found = []
    if _takes_proxy_for_client(visit):
        message = _(
            "The server takes a proxy for the client: it sees you at ${address}. So IP"
            " ranges do not work. Let waitress or Zope know which proxy to trust.",
            mapping={"address": visit.client_address},
        )
        found.append(SiteWarning(code="proxy", message=message))
    if not visit.is_first:
        message = _(
            "Another plugin reads credentials before this one. Make token_auth the"
            " first extraction plugin in acl_users."
        )
        found.append(SiteWarning(code="not_first", message=message))
    if not visit.sends_mail:
        message = _(
            "The site has no mail server or sender address: nobody is told before a key"
            " or token expires, or when one is issued."
        )
        found.append(SiteWarning(code="no_mail", message=message, level="info"))
    return found


def _takes_proxy_for_client(visit: VisitFacts) -> bool:
    if visit.forwarded_for:
        entries = map(normalized_address, visit.forwarded_for.split(","))
        return visit.client_address not in entries
    # Waitress removes what a proxy says that it was not told to trust.
    is_from_here = is_local_host(visit.client_address)
    return is_from_here and not is_local_host(_host_of(visit.url))


def _host_of(url: str) -> str:
    """The host of a URL; empty where the header Host was none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
