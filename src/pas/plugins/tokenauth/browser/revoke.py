"""Revoking service keys, after a page that asks whether to."""

from ..i18n import _
from ..storage.servicekeys import ServiceKey
from ..usecases.servicekeys import last_use
from ..usecases.servicekeys import revoke_service_keys
from .base import ServiceKeysView
from functools import cached_property
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile


class RevokeServiceKeys(ServiceKeysView):
    """``@@manage-service-keys-revoke``."""

    template = ViewPageTemplateFile("templates/revoke.pt")

    @property
    def title(self) -> str:
        if self.is_one:
            return _("Revoke service key?")
        return _("Revoke service keys?")

    @cached_property
    def client_ids(self) -> list[str]:
        """The keys that were selected."""
        return self.texts("client_ids")

    @cached_property
    def keys(self) -> list[ServiceKey]:
        """Those of them that can be revoked."""
        selected = [self.find_key(client_id) for client_id in self.client_ids]
        return [key for key in selected if key.revoked_at is None]

    @property
    def is_one(self) -> bool:
        """Whether it is a single key."""
        return len(self.keys) == 1

    def show(self) -> str:
        if not self.keys:
            return self.go_to_list(
                _("Please select the service keys to revoke."), "warning"
            )
        return self.template(service_keys=self.keys)

    def submitted(self) -> str:
        if not self.text("confirmed"):
            return self.show()
        client_ids = [key.client_id for key in self.keys]
        count = revoke_service_keys(self.server, self.actor, client_ids, self.now)
        return self.go_to_list(
            _("Service keys revoked: ${count}.", mapping={"count": count})
        )

    def last_used(self, key: ServiceKey) -> str:
        """When the key was last used, or an empty text."""
        use = last_use(self.server, key)
        return self.localized(use.time) if use else ""
