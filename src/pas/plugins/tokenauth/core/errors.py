"""Errors of the protocol, one class per OAuth code (RFC 6749 section 5.2).

Endpoints translate them into responses; nothing else needs to know HTTP. The
``description`` may be shown to anybody, the ``reason`` is for the log alone.
"""

from typing import Literal


class OAuthError(Exception):
    """An error answer of an OAuth endpoint (RFC 6749 section 5.2).

    :param description: for the client's developer, ASCII without ``"`` and ``\\``
    :param reason: what the log says; the description when left out
    :param credential_id: the credential it is about
    :param only_named: whether nothing has proven that: anybody can name an id
    """

    error = "invalid_request"
    status = 400
    #: What WWW-Authenticate says; empty for nothing.
    challenge = ""
    #: Whether what was written before stays, although the request is refused.
    keeps_changes = False
    #: Whether the records are told; what is part of each normal flow is no news.
    is_news = True

    def __init__(
        self,
        description: str,
        reason: str = "",
        credential_id: str = "",
        only_named: bool = False,
    ) -> None:
        super().__init__(description)
        self.description = description
        self.reason = reason or description
        self.credential_id = credential_id
        self.only_named = only_named


class InvalidRequest(OAuthError):
    """The request is malformed: a parameter is missing, repeated or misplaced."""

    error = "invalid_request"


class InvalidClient(OAuthError):
    """Client authentication failed."""

    error = "invalid_client"


class InvalidGrant(OAuthError):
    """The grant is invalid, expired or somebody else's (RFC 7523 section 3.1)."""

    error = "invalid_grant"


class GrantEnded(InvalidGrant):
    """A grant that must not be tried again; what came of it has ended, and stays so."""

    keeps_changes = True


class AccessDenied(OAuthError):
    """The person, or the site for them, says no (RFC 6749 section 4.1.2.1)."""

    error = "access_denied"


class TooManyRequests(OAuthError):
    """Others have asked so often that this one has to wait."""

    error = "temporarily_unavailable"
    status = 429


class UnauthorizedClient(OAuthError):
    """The client may not use this grant (RFC 6749 section 5.2)."""

    error = "unauthorized_client"


class InvalidScope(OAuthError):
    """The scope is malformed, or nothing of it can be granted."""

    error = "invalid_scope"


class InvalidTarget(OAuthError):
    """The site has no tokens for this resource, or not by this grant (RFC 8707)."""

    error = "invalid_target"


class UnsupportedTokenType(OAuthError):
    """The server does not revoke tokens of this kind (RFC 7009 section 2.2.1)."""

    error = "unsupported_token_type"


class UnsupportedGrantType(OAuthError):
    """The authorization server has no such grant type."""

    error = "unsupported_grant_type"


class AccessRefused(OAuthError):
    """A token or a credential does not authorize the request (RFC 6750 section 3.1).

    :param reason: why, in words, for the log alone
    :param credential_id: the credential, when it is known
    :param description: what the client learns; empty for nothing but "expired"
    :param only_named: whether nothing has proven that: anybody can name an id
    """

    error = "invalid_token"
    status = 401

    def __init__(
        self,
        reason: str,
        credential_id: str = "",
        description: str = "",
        only_named: bool = False,
    ) -> None:
        super().__init__(description, reason, credential_id, only_named)

    def __str__(self) -> str:
        return self.reason


KeyProblem = Literal[
    "empty",
    "too_long",
    "not_plain_text",
    "unknown_format",
    "unreadable",
    "several_keys",
    "private_key",
    "certificate",
    "unsupported_kind",
    "rsa_bits",
    "rsa_exponent",
    "weak",
    "not_for_signatures",
    "unknown_algorithm",
    "wrong_algorithm",
    "contradiction",
]


class KeyRefused(ValueError):
    """A public key is not safe, not supported or not readable.

    :param problem: what is wrong with it
    :param values: what a sentence about it mentions, by name; nothing in there was
        written by whoever sent the key
    """

    def __init__(self, problem: KeyProblem, **values: str | int) -> None:
        super().__init__(problem, values)
        self.problem = problem
        self.values = values
