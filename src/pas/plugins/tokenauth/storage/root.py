"""The root of what is kept in the database: one object below the plugin."""

from .interfaces import ICredential
from .interfaces import ICredentials
from .interfaces import IExpiringStore
from .interfaces import IStoreFactory
from .interfaces import ITokenAuthStorage
from collections.abc import Iterable
from persistent import Persistent
from typing import Any
from zope.interface import implementer


@implementer(ITokenAuthStorage)
class TokenAuthStorage(Persistent):
    """See ITokenAuthStorage.

    :param factories: name and factory of each store
    """

    def __init__(self, factories: Iterable[tuple[str, IStoreFactory]]) -> None:
        self._stores: dict[str, Any] = {}
        self._v_by_interface: dict[Any, dict[str, Any]] = {}
        self.add_missing(factories)

    def add_missing(self, factories: Iterable[tuple[str, IStoreFactory]]) -> None:
        missing = {name: make() for name, make in factories if name not in self._stores}
        if missing:
            self._stores = {**self._stores, **missing}
            self._v_by_interface = {}

    def __getitem__(self, name: str) -> Any:
        return self._stores[name]

    @property
    def kinds(self) -> dict[str, ICredentials]:
        return self.stores(ICredentials)

    def stores(self, interface: Any) -> dict[str, Any]:
        # Each request asks, and only a change of this object changes the answer.
        remembered: dict[Any, dict[str, Any]] = self._v_by_interface
        if interface not in remembered:
            # Asking the class loads nothing.
            remembered[interface] = {
                name: store
                for name, store in self._stores.items()
                if interface.implementedBy(type(store))
            }
        return remembered[interface]

    def __setstate__(self, state: Any) -> None:
        super().__setstate__(state)
        self._v_by_interface = {}

    @property
    def expiring(self) -> list[IExpiringStore]:
        return list(self.stores(IExpiringStore).values())

    def credential(self, credential_id: str) -> ICredential | None:
        found = (kind.get(credential_id) for kind in self.kinds.values())
        return next((each for each in found if each is not None), None)
