"""Errors of the protocol."""

from pas.plugins.tokenauth.core.errors import AccessRefused
from pas.plugins.tokenauth.core.errors import InvalidClient
from pas.plugins.tokenauth.core.errors import InvalidGrant
from pas.plugins.tokenauth.core.errors import InvalidRequest
from pas.plugins.tokenauth.core.errors import OAuthError
from pas.plugins.tokenauth.core.errors import UnsupportedGrantType

import pytest


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidRequest, "invalid_request"),
        (InvalidClient, "invalid_client"),
        (InvalidGrant, "invalid_grant"),
        (UnsupportedGrantType, "unsupported_grant_type"),
    ],
)
def test_every_error_carries_its_code_and_status_400(
    error: type[OAuthError], code: str
) -> None:
    """JB-02, JB-04, JB-25: the code of the specification, spelled as it is there."""
    raised = error("A description.")
    assert (raised.error, raised.status) == (code, 400)


def test_the_reason_is_the_description_unless_the_log_is_told_more() -> None:
    """JS-28: what the log says and what the client is told are two things."""
    assert InvalidGrant("Told.").reason == "Told."
    told = InvalidGrant("Told.", reason="logged")
    assert (told.description, told.reason, str(told)) == ("Told.", "logged", "Told.")


def test_an_error_belongs_to_no_credential_until_a_signature_proves_it() -> None:
    """Nobody can write entries about somebody else's key."""
    assert InvalidGrant("Told.").credential_id == ""


def test_a_refusal_names_its_reason_and_credential() -> None:
    """JB-33: the true reason goes to the log."""
    refused = AccessRefused("credential has ended", "client-1")
    assert (refused.reason, refused.credential_id) == (
        "credential has ended",
        "client-1",
    )
    assert AccessRefused("malformed token").credential_id == ""
