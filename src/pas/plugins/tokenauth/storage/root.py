"""The root of what is kept in the database: one object below the plugin."""

from .interfaces import ICredentials
from .interfaces import IExpiringStore
from collections.abc import Callable
from collections.abc import Iterable
from persistent import Persistent
from typing import Any


class TokenAuthStorage(Persistent):
    """Everything this package keeps in the database of a site: a store for each name.

    Those of the package itself are service_key (servicekeys.ServiceKeys),
    personal_access_token (personaltokens.PersonalAccessTokens), access_tokens
    (accesstokens.AccessTokens), replay (replay.ReplaySet), usage_log and refusal_log
    (usagelog.UsageLog).

    :param factories: name and IStoreFactory of each store
    """

    def __init__(self, factories: Iterable[tuple[str, Callable[[], Any]]]) -> None:
        self._stores: dict[str, Any] = {}
        self._v_by_interface: dict[Any, dict[str, Any]] = {}
        self.add_missing(factories)

    def add_missing(self, factories: Iterable[tuple[str, Callable[[], Any]]]) -> None:
        """Make the stores that are missing."""
        missing = {name: make() for name, make in factories if name not in self._stores}
        if missing:
            self._stores = {**self._stores, **missing}
            self._v_by_interface = {}

    def __getitem__(self, name: str) -> Any:
        """The store of a name. Raises KeyError where there is none."""
        return self._stores[name]

    @property
    def kinds(self) -> dict[str, Any]:
        """The ICredentials of each kind."""
        return self.stores(ICredentials)

    def stores(self, interface: Any) -> dict[str, Any]:
        """The stores whose classes implement an interface, by name."""
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
        """Every store of what ends by itself."""
        return list(self.stores(IExpiringStore).values())

    def credential(self, credential_id: str) -> Any:
        """The ICredential of any kind with this id, or None."""
        found = (kind.get(credential_id) for kind in self.kinds.values())
        return next((each for each in found if each is not None), None)
