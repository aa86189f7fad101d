"""What is checked when Zope starts."""

from .issuer import overrides
from zope.component import adapter
from zope.processlifetime import IDatabaseOpenedWithRoot


@adapter(IDatabaseOpenedWithRoot)
def check_configuration(event: IDatabaseOpenedWithRoot) -> None:
    """Let Zope not start with an issuer in zope.conf that cannot be one.

    :raises ValueError: which names it
    """
    overrides()
