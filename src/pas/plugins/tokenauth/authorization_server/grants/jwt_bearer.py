"""The JWT-bearer grant of a service key (RFC 7523 section 2.1)."""

from ...core.claims import GrantClaims
from ...core.errors import AccessRefused
from ...core.errors import InvalidGrant
from ...core.errors import InvalidRequest
from ...core.grants import NOT_OURS
from ...core.grants import verified_grant
from ...site.context import SiteContext
from ...site.interfaces import ISiteContext
from ...site.users import SiteUser
from ...storage.interfaces import IServiceKey
from ...tokens.checks import checked_owner
from ...tokens.checks import checked_subject
from ...tokens.issue import issue_access_token
from ...tokens.issue import IssuedToken
from ...usage.client import ClientInfo
from ..clients import NOT_USABLE
from ..interfaces import IGrantType
from collections.abc import Mapping
from zope.component import adapter
from zope.component import named
from zope.interface import implementer


GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"

NO_SUBJECT = "The key may not act as the user that the claim sub names."


@implementer(IGrantType)
@named(GRANT_TYPE)
@adapter(ISiteContext)
class JWTBearerGrant:
    """See IGrantType."""

    def __init__(self, site: SiteContext) -> None:
        self._site = site

    def __call__(
        self, parameters: Mapping[str, str], client: ClientInfo, now: float
    ) -> IssuedToken:
        assertion = parameters.get("assertion")
        if not assertion:
            raise InvalidRequest("The parameter assertion is missing.")
        claims = verified_grant(
            assertion,
            lambda client_id: self._site.public_keys_of(client_id, now),
            self._site.assertion_rules(self._site.audiences(now)),
            now,
        )
        service_key = self._site.storage["service_key"].get(claims.issuer)
        if service_key is None:
            raise InvalidGrant(NOT_OURS)
        try:
            _check_client(parameters, client, service_key)
            subject = self._checked_subject(service_key, claims, client, now)
            self._use_up(service_key, claims, now)
        except InvalidGrant as refused:
            refused.credential_id = service_key.client_id
            raise
        return issue_access_token(
            self._site,
            service_key,
            subject.user_id,
            client,
            now,
            claims.scope,
            parameters.get("scope", ""),
        )

    def _checked_subject(
        self,
        service_key: IServiceKey,
        claims: GrantClaims,
        client: ClientInfo,
        now: float,
    ) -> SiteUser:
        """The user the token will act as, by the rules that hold at every use."""
        try:
            owner = checked_owner(self._site, service_key, client.address, now)
        except AccessRefused as refused:
            raise InvalidGrant(NOT_USABLE, reason=refused.reason) from None
        subject = self._user(claims.subject, owner)
        try:
            return checked_subject(self._site, service_key, owner, subject)
        except AccessRefused as refused:
            raise InvalidGrant(NO_SUBJECT, reason=refused.reason) from None

    def _user(self, subject: str | None, owner: SiteUser) -> SiteUser | None:
        """The user that a `sub` names, by id or by login name."""
        if subject is None or subject == owner.user_id:
            return owner
        users = self._site.users
        return users.get(subject) or users.by_login(subject)

    def _use_up(
        self, service_key: IServiceKey, claims: GrantClaims, now: float
    ) -> None:
        """Note the jti, so that the grant is good for one time."""
        if claims.jti is not None:
            self._site.use_up(service_key.client_id, claims.jti, claims.expires_at, now)
        elif service_key.require_jti:
            raise InvalidGrant("This key requires the claim jti.")


def _check_client(
    parameters: Mapping[str, str], client: ClientInfo, service_key: IServiceKey
) -> None:
    """A client named or authenticated beside the assertion must be its issuer."""
    if client.service_key not in (None, service_key):
        raise InvalidGrant("Another client has authenticated itself than signed.")
    if parameters.get("client_id", service_key.client_id) != service_key.client_id:
        raise InvalidGrant("The parameter client_id differs from the claim iss.")
