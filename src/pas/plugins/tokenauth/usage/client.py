"""What the usage log keeps of a client."""

from ..web.address import client_address
from dataclasses import dataclass
from typing import Any


USER_AGENT_LENGTH = 200


ADDRESS_LENGTH = 64


@dataclass(frozen=True, kw_only=True)
class ClientInfo:
    """What the server sees of the client that asks.

    :param address: its address, an empty string if there is none
    :param user_agent: how it calls itself
    :param client: the IClient that has authenticated itself, beside any grant
    :param kid: names the key it has signed with; an empty string where it has not
    :param is_repeated: whether the server does it again, after a conflict with another
        request that took what this one was about to
    :param resource: what it names as that which the token is for; empty for nothing
    """

    address: str
    user_agent: str
    client: Any = None
    kid: str = ""
    is_repeated: bool = False
    resource: str = ""


def client_of_request(request: Any, **more: Any) -> ClientInfo:
    """The client that makes a request.

    :param more: what else is known of it
    """
    return ClientInfo(
        address=client_address(request),
        user_agent=request.getHeader("User-Agent", ""),
        **more,
    )
