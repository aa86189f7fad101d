"""What a notice is about, in its subject and its first sentences."""

from ..i18n import _
from dataclasses import dataclass


@dataclass(frozen=True)
class Announcement:
    """How a notice begins; both texts are translatable."""

    subject: str
    opening: str


def issue(site: str) -> Announcement:
    """A key was issued."""
    return Announcement(
        _(
            "${site}: a service key was issued for your account",
            mapping={"site": site},
        ),
        _(
            "A service key was issued for your account in “${site}”. The program that"
            " has it acts there as you.",
            mapping={"site": site},
        ),
    )


def rotation(site: str) -> Announcement:
    """A key got another key pair."""
    return Announcement(
        _(
            "${site}: one of your service keys got a new key pair",
            mapping={"site": site},
        ),
        _(
            "One of your service keys in “${site}” got a new key pair. The program"
            " that has it acts there as you.",
            mapping={"site": site},
        ),
    )


def change(site: str) -> Announcement:
    """Somebody else changed a key."""
    return Announcement(
        _(
            "${site}: one of your service keys was changed",
            mapping={"site": site},
        ),
        _(
            "Somebody else changed one of your service keys in “${site}”. Below is"
            " what it is now.",
            mapping={"site": site},
        ),
    )
