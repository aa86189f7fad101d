"""What is checked when Zope starts."""

from .issuer import overrides
from zope.component import adapter
from zope.processlifetime import IDatabaseOpenedWithRoot


@adapter(IDatabaseOpenedWithRoot)
def check_configuration(event: IDatabaseOpenedWithRoot) -> None:
    """Refuse to start Zope with an issuer in zope.conf that cannot be one.

    :raises ValueError: for such an issuer; the message names it
    """
    overrides()
