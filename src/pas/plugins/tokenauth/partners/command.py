"""``sign-url``: signs a URL for a partner."""

from ..cli.outcomes import Absent
from ..cli.outcomes import Answer
from ..cli.outcomes import CommandFailed
from ..cli.outcomes import WrongUsage
from ..cli.session import Session
from ..core.clock import now
from ..core.errors import AccessRefused
from ..sealing.configuration import SealingOff
from .service import signed_url
from typing import Any


def sign_url(session: Session, arguments: Any) -> Answer:
    """Print the URL."""
    try:
        url = signed_url(
            session.site,
            arguments.partner,
            arguments.url,
            arguments.auth_user,
            dict(arguments.extra),
            now(),
            arguments.lifetime,
        )
    except AccessRefused as refused:
        raise Absent(f"Nothing can be signed for that partner: {refused}.") from None
    except SealingOff as off:
        raise CommandFailed(f"Nothing can be signed: {off}.") from None
    except ValueError as unacceptable:
        raise WrongUsage(f"This cannot be signed: {unacceptable}") from None
    return Answer({"url": url}, url)
