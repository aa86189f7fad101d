"""Errors of the protocol, one class per OAuth code (RFC 6749 section 5.2).

An edge translates them into a response; nobody else needs to know HTTP. The
``description`` may be shown to anybody, the ``reason`` is for the log alone.
"""


class OAuthError(Exception):
    """An error answer of an OAuth endpoint (RFC 6749 section 5.2).

    :param description: text for the client's developer, ASCII without ``"`` and ``\\``
    :param reason: what the log says; the description when left out
    """

    error = "invalid_request"
    status = 400
    #: The credential it is about, as far as a signature proves it.
    credential_id = ""

    def __init__(self, description: str, reason: str = "") -> None:
        super().__init__(description)
        self.description = description
        self.reason = reason or description


class InvalidRequest(OAuthError):
    """The request is malformed: a parameter is missing, repeated or misplaced."""

    error = "invalid_request"


class InvalidClient(OAuthError):
    """Client authentication failed."""

    error = "invalid_client"


class InvalidGrant(OAuthError):
    """The grant is invalid, expired or somebody else's (RFC 7523 section 3.1)."""

    error = "invalid_grant"


class UnsupportedGrantType(OAuthError):
    """The authorization server has no such grant type."""

    error = "unsupported_grant_type"


class AccessRefused(Exception):
    """An access token does not open the door.

    The text is for the log: the client learns nothing but "expired".

    :param reason: why, in words
    :param credential_id: the credential the token belongs to, when it is known
    """

    def __init__(self, reason: str, credential_id: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.credential_id = credential_id


class KeyRefused(ValueError):
    """A public key is of a kind or size that is not safe or not supported."""
