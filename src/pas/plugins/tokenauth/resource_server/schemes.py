"""The schemes by which tokens arrive in the Authorization header."""

from ..core.bearer import access_token
from ..core.bearer import DAMAGED
from ..core.errors import AccessRefused
from ..core.secret import Secret
from ..core.tokens import is_well_formed
from ..core.tokens import resembles_token
from ..site.context import SiteContext
from ..tokens.checks import authenticate
from ..tokens.find import token_type_of
from ..web.access import Access
from ..web.address import client_address
from ..web.interfaces import IAuthorizationScheme
from ..web.presented import PresentedToken
from typing import Any
from zope.interface import implementer

import base64
import re


#: The credentials of the scheme Basic. Proxies join two headers to one.
_BASIC = re.compile(r"\bbasic +([A-Za-z0-9+/_=-]+)", re.IGNORECASE)


@implementer(IAuthorizationScheme)
class Bearer:
    """See IAuthorizationScheme (RFC 6750 section 2.1)."""

    is_sent_by_browsers = False

    def read(self, authorization: str) -> PresentedToken | None:
        token = access_token(authorization)
        return None if token is None else PresentedToken(authorization, token, self)

    def authenticate(
        self, site: SiteContext, request: Any, presented: PresentedToken, now: float
    ) -> Access:
        return authenticate(site, presented.token, client_address(request), now)


@implementer(IAuthorizationScheme)
class Basic:
    """A token as the password, from tools that know nothing else (RFC 7617).

    See IAuthorizationScheme.
    """

    is_sent_by_browsers = True

    def read(self, authorization: str) -> PresentedToken | None:
        found = _BASIC.findall(authorization)
        # Some put the token before the colon.
        names_and_passwords = [_decoded(encoded) for encoded in found]
        words = [word.strip() for pair in names_and_passwords for word in pair]
        if not any(map(resembles_token, words)):
            return None
        if len(found) == 1 and _BASIC.fullmatch(authorization.strip()):
            user_name, token = names_and_passwords[0][0], words[1]
            if is_well_formed(words[0]):
                # It is refused, and nobody sees it.
                user_name, token = "", words[0]
            if is_well_formed(token):
                return PresentedToken(authorization, Secret(token), self, user_name)
        raise AccessRefused("damaged token as a password", description=DAMAGED)

    def authenticate(
        self, site: SiteContext, request: Any, presented: PresentedToken, now: float
    ) -> Access:
        _check_may_be_password(site, presented.token)
        access = authenticate(site, presented.token, client_address(request), now)
        if not _is_called(site, access, presented.user_name):
            raise AccessRefused(
                "user name is not the owner's",
                access.credential_id,
                "The access token belongs to another user name",
            )
        return access


def _decoded(encoded: str) -> tuple[str, str]:
    """User name and password; empty where there are none."""
    try:
        decoded = base64.b64decode(f"{encoded}==", altchars=b"-_")
    except ValueError:
        # Damaged: whoever reads it next says so.
        return "", ""
    try:
        text = decoded.decode()
    except UnicodeDecodeError:
        # Many libraries still encode as RFC 2617 did.
        text = decoded.decode("latin-1")
    user_name, _, password = text.partition(":")
    return user_name, password


def _check_may_be_password(site: SiteContext, token: str) -> None:
    setting = token_type_of(token).password_setting
    if not setting:
        raise AccessRefused("token as a password, which its type does not allow")
    if not getattr(site.settings, setting):
        raise AccessRefused(
            "token as a password, which the site does not accept",
            description="This site does not accept access tokens as passwords",
        )


def _is_called(site: SiteContext, access: Access, user_name: str) -> bool:
    if user_name in (access.subject, access.login):
        return True
    return site.users.login_of(user_name) == access.login
