"""What tells the endpoints apart: each is about credentials of one kind."""

from ...site.context import SiteContext
from ..kinds import CredentialKind
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One endpoint.

    :param name: what it is called in a URL
    :param kind: of the credentials it is about
    :param document: makes the document about one of them
    :param switches: names of the switches that only this kind has
    """

    name: str
    kind: CredentialKind
    document: Callable[[SiteContext, Any, float], dict[str, Any]]
    switches: tuple[str, ...] = ()
