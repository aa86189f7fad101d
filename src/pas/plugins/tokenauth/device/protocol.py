"""The device grant in the protocol's spelling (RFC 8628). Pure."""

from ..core.errors import OAuthError
from collections.abc import Callable


#: Seconds in which a person has to answer.
LIFETIME = 600
#: Seconds between two requests of a device that waits (RFC 8628 section 3.5).
INTERVAL = 5
#: What makes no word and is not mistaken for something else (RFC 8628 section 6.1).
ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
_LENGTH = 8
#: Characters of what is typed; nobody needs more.
_MAX_TYPED = 40


class AuthorizationPending(OAuthError):
    """Nobody has answered yet (RFC 8628 section 3.5)."""

    error = "authorization_pending"
    is_news = False


class SlowDown(AuthorizationPending):
    """Nobody has answered yet, and the device asks too often."""

    error = "slow_down"


class ExpiredToken(OAuthError):
    """Nobody has answered in time."""

    error = "expired_token"


def make_user_code(choose: Callable[[str], str]) -> str:
    """A code that a person types.

    :param choose: chooses one of some characters at random
    """
    return "".join(choose(ALPHABET) for _ in range(_LENGTH))


def shown_user_code(user_code: str) -> str:
    """A code as people read it."""
    half = _LENGTH // 2
    return f"{user_code[:half]}-{user_code[half:]}"


def parse_user_code(typed: str) -> str:
    """The code that somebody means; an empty string if it can be none.

    Case, spaces, dashes and other punctuation do not matter.
    """
    code = "".join(each for each in typed[:_MAX_TYPED].upper() if each.isalnum())
    is_code = len(code) == _LENGTH and set(code) <= set(ALPHABET)
    return code if is_code else ""
