"""What an administrator should look into: what makes authorization unsafe, or fail."""

from ..core.ipranges import normalized_address
from ..i18n import _
from .administrative import ADMINISTRATORS
from .administrative import reasons
from .context import SiteContext
from .interfaces import ISiteDiagnosis
from .issuer import is_local_host
from .urls import without_api
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit
from zope.component import getUtilitiesFor


Level = Literal["warning", "info"]


@dataclass(frozen=True, kw_only=True)
class VisitFacts:
    """What a visit of an administrator shows about the way to the site.

    :param url: the URL by which the site is visited
    :param client_address: the visitor's address, as the server sees it
    :param forwarded_for: the header X-Forwarded-For, or an empty string
    """

    url: str
    client_address: str
    forwarded_for: str


@dataclass(frozen=True, kw_only=True)
class SiteFacts:
    """What the state of the site shows about the way that tokens take.

    :param reads_first: whether the plugin is the first that reads credentials
    :param makes_users: whether it is the first that makes users, and can limit them
    :param sends_mail: whether the site can send mail
    :param administering: how many credentials may administer the site now
    :param has_volto: whether Volto is made for it, and has its URLs
    """

    reads_first: bool
    makes_users: bool
    sends_mail: bool
    administering: int
    has_volto: bool


@dataclass(frozen=True, kw_only=True)
class SiteWarning:
    """One thing that needs attention.

    :param code: by which tests and programs know it
    :param message: translatable message for people
    :param level: `info` for what may well be meant
    :param lines: what to copy into a configuration, if that helps
    """

    code: str
    message: str
    level: Level = "warning"
    lines: str = ""


def warnings(
    site: SiteContext, facts: SiteFacts, visit: VisitFacts | None = None
) -> list[SiteWarning]:
    """Everything that needs attention, the most urgent first.

    :param visit: a visit by a browser, if there is one
    """
    return [
        *_about_issuer(site, visit),
        *_about_visit(visit),
        *_about_site(facts),
        *_about_volto(site, facts),
        *_about_roles(site),
        *_about_features(site),
    ]


def _about_issuer(site: SiteContext, visit: VisitFacts | None) -> list[SiteWarning]:
    issuer = site.issuer
    if not issuer:
        message = _("The site has no issuer: no key can be issued and no grant used.")
        return [SiteWarning(code="no_issuer", message=message)]
    found = []
    if urlsplit(issuer).scheme != "https":
        message = _(
            "The issuer ${issuer} is not https. Use it for testing only.",
            mapping={"issuer": issuer},
        )
        found.append(SiteWarning(code="not_https", message=message))
    if "issuer" in site.overrides:
        message = _(
            "zope.conf says that the issuer is ${issuer}. Grants for the original of"
            " this copy are refused.",
            mapping={"issuer": issuer},
        )
        found.append(SiteWarning(code="overridden", message=message, level="info"))
    elif visit is not None and not _is_known(site, visit.url):
        message = _(
            "You visit this site at ${url}, but its issuer is ${issuer}. If both"
            " lead to the same site, set the URL of the pages. If it is a copy of"
            " another site, set its own issuer in zope.conf: else it accepts the other"
            " site's grants.",
            mapping={"url": visit.url, "issuer": issuer},
        )
        found.append(SiteWarning(code="copy", message=message))
    return found


def _is_known(site: SiteContext, url: str) -> bool:
    """Whether programs or people are told to use the URL, with the API or without."""
    return without_api(url) in map(without_api, (site.issuer, site.pages_url))


def _about_visit(visit: VisitFacts | None) -> list[SiteWarning]:
    if visit is None or not _takes_proxy_for_client(visit):
        return []
    message = _(
        "The server mistakes a proxy for the client: it sees you at ${address}, so"
        " IP ranges do not work. Tell waitress or Zope which proxy to trust.",
        mapping={"address": visit.client_address},
    )
    return [SiteWarning(code="proxy", message=message)]


def _about_site(facts: SiteFacts) -> list[SiteWarning]:
    found = []
    if not facts.reads_first:
        message = _(
            "Another plugin reads credentials before this one. Make token_auth the"
            " first extraction plugin in acl_users."
        )
        found.append(SiteWarning(code="not_first", message=message))
    if not facts.makes_users:
        message = _(
            "Another plugin makes users before this one, so tokens without a scope of"
            " administration are refused. Make token_auth the first user factory"
            " plugin in acl_users."
        )
        found.append(SiteWarning(code="no_limit", message=message))
    if facts.administering:
        message = _(
            "Keys, tokens and applications that may administer this site: ${number}."
            " Whoever has one of them can do what its owner can, accounts included.",
            mapping={"number": str(facts.administering)},
        )
        found.append(SiteWarning(code="administering", message=message))
    if not facts.sends_mail:
        message = _(
            "The site has no mail server or sender address: nobody is told before a key"
            " or token expires, or when one is issued."
        )
        found.append(SiteWarning(code="no_mail", message=message, level="info"))
    return found


def _about_volto(site: SiteContext, facts: SiteFacts) -> list[SiteWarning]:
    """That people do not find the pages of Plone, where Volto has the URLs."""
    if not facts.has_volto or not site.issuer or site.pages_url != site.issuer:
        return []
    public = urlsplit(site.issuer)
    port = public.port or (443 if public.scheme == "https" else 80)
    path = "/".join(site.portal.getPhysicalPath())
    message = _(
        "People see Volto at this site, where the pages for keys and tokens are not."
        " Let the proxy pass ${path} on to Plone, in nginx by the lines below, and set"
        " the URL of the pages to ${url}.",
        mapping={
            "path": _CLASSIC_UI,
            "url": f"{public.scheme}://{public.netloc}{_CLASSIC_UI}",
        },
    )
    base = f"/VirtualHostBase/{public.scheme}/{public.hostname}:{port}{path}"
    lines = _NGINX.format(base=base)
    return [SiteWarning(code="volto", message=message, level="info", lines=lines)]


#: Where other add-ons and proxies have the pages of Plone, too.
_CLASSIC_UI = "/ClassicUI"
_NGINX = """\
location ~ ^/ClassicUI(/|$) {{
    rewrite (?s)^/ClassicUI(.*)$ {base}/VirtualHostRoot/_vh_ClassicUI$1 break;
    proxy_pass http://127.0.0.1:8080;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_cache_bypass $http_authorization;
    proxy_no_cache $http_authorization;
}}"""


def _about_roles(site: SiteContext) -> list[SiteWarning]:
    """Roles beside those of administrators that have an administrative permission."""
    return [
        SiteWarning(
            code=f"role_{role.lower().replace(' ', '_')}",
            message=_(
                "The role ${role} has the permission “${permission}”, so it counts as"
                " administration: tokens without such a scope do without it.",
                mapping={"role": role, "permission": min(permissions)},
            ),
        )
        for role, permissions in sorted(reasons(site.portal).items())
        if role not in ADMINISTRATORS
    ]


def _about_features(site: SiteContext) -> list[SiteWarning]:
    diagnoses = sorted(getUtilitiesFor(ISiteDiagnosis))
    return [warning for _, diagnose in diagnoses for warning in diagnose(site)]


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
