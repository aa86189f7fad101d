"""The JWT-bearer grant of a service key (RFC 7523 section 2.1)."""

from ...core.claims import GrantClaims
from ...core.errors import InvalidGrant
from ...core.errors import InvalidRequest
from ...core.errors import UnauthorizedClient
from ...core.grants import verified_grant
from ...core.granttypes import JWT_BEARER
from ...site.context import SiteAdapter
from ...site.users import SiteUser
from ...tokens.checks import checked_owner
from ...tokens.checks import checked_subject
from ...tokens.issue import issue_access_token
from ...tokens.issue import TokenResponse
from ...usage.client import ClientInfo
from ..clients import Signer
from ..interfaces import IClient
from ..interfaces import IGrantType
from collections.abc import Mapping
from dataclasses import replace
from zope.component import named
from zope.interface import implementer


@implementer(IGrantType)
@named(JWT_BEARER)
class JWTBearerGrant(SiteAdapter):
    """See IGrantType."""

    def __call__(
        self, parameters: Mapping[str, str], client: ClientInfo, now: float
    ) -> TokenResponse:
        assertion = parameters.get("assertion")
        if not assertion:
            raise InvalidRequest("The parameter assertion is missing.")
        signer = Signer(self._site, now)
        rules = self._site.assertion_rules(self._site.audiences(now))
        claims = verified_grant(assertion, signer.public_keys, rules, now)
        if JWT_BEARER not in signer.client.grant_types:
            raise UnauthorizedClient(
                "This client may not use this grant.", credential_id=claims.issuer
            )
        credential = signer.client.credential
        _check_client(parameters, client, claims.issuer)
        owner = checked_owner(self._site, credential, client.address, now)
        subject = checked_subject(
            self._site, credential, owner, self._user(claims.subject, owner)
        )
        self._use_up(signer.client, claims, now)
        return issue_access_token(
            self._site,
            credential,
            subject.user_id,
            replace(client, kid=claims.kid),
            now,
            claims.scope,
            parameters.get("scope", ""),
        )

    def _user(self, subject: str | None, owner: SiteUser) -> SiteUser | None:
        """The user that a `sub` names, by id or by login name."""
        if subject is None or subject == owner.user_id:
            return owner
        users = self._site.users
        return users.get(subject) or users.by_login(subject)

    def _use_up(self, client: IClient, claims: GrantClaims, now: float) -> None:
        """Note the jti, so that the grant is good for one time."""
        if claims.jti is not None:
            self._site.use_up(client.client_id, claims.jti, claims.expires_at, now)
        elif client.require_jti:
            raise InvalidGrant(
                "This key requires the claim jti.", credential_id=client.client_id
            )


def _check_client(
    parameters: Mapping[str, str], client: ClientInfo, issuer: str
) -> None:
    """A client named or authenticated beside the assertion must be its issuer."""
    if client.client is not None and client.client.client_id != issuer:
        raise InvalidGrant(
            "Another client has authenticated itself than signed.", credential_id=issuer
        )
    if parameters.get("client_id", issuer) != issuer:
        raise InvalidGrant(
            "The parameter client_id differs from the claim iss.", credential_id=issuer
        )
