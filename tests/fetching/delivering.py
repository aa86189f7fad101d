"""Sending what waits, for tests that want to know when it is sent."""

from pas.plugins.tokenauth.fetching.deliveries import Deliveries


PATIENCE = 30


def deliver(deliveries: Deliveries) -> None:
    """Send what is due, and wait until it has arrived or not."""
    for thread in deliveries.deliver_due():
        thread.join(PATIENCE)
        assert not thread.is_alive()
