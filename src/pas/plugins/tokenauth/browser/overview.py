"""The list of the user's own service keys."""

from ..plugin.interfaces import PLUGIN_ID
from ..storage.servicekeys import ServiceKey
from ..usecases.errors import NoIssuer
from ..usecases.errors import NotAllowed
from ..usecases.errors import NotASiteUser
from ..usecases.servicekeys import check_may_issue
from ..usecases.servicekeys import last_use
from ..usecases.servicekeys import own_service_keys
from .base import ServiceKeysView
from dataclasses import dataclass
from functools import cached_property
from plone import api
from Products.CMFCore.permissions import ManagePortal
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile


@dataclass(frozen=True, kw_only=True)
class Row:
    """One key in the list; times are texts, and empty where there is none."""

    title: str
    client_id: str
    ip_ranges: str
    issued: str
    expires: str
    last_used: str
    revoked: str
    revoked_by: str
    is_expired: bool
    may_impersonate: bool
    may_manage_users: bool


class ServiceKeysOverview(ServiceKeysView):
    """``@@manage-service-keys``."""

    template = ViewPageTemplateFile("templates/overview.pt")

    def show(self) -> str:
        return self.template(rows=self.rows())

    def rows(self) -> list[Row]:
        """The keys, the newest first."""
        try:
            keys = own_service_keys(self.server, self.actor)
        except NotASiteUser:
            return []
        return [self._row(key) for key in keys]

    @cached_property
    def obstacle(self) -> NotAllowed | None:
        """Why the user cannot issue a key now, or None."""
        try:
            check_may_issue(self.server, self.actor)
        except NotAllowed as reason:
            return reason
        return None

    @property
    def lacks_issuer(self) -> bool:
        """Whether setting the issuer helps."""
        return isinstance(self.obstacle, NoIssuer)

    @property
    def settings_url(self) -> str:
        """Where this user can set the issuer; empty for who cannot."""
        if not self.actor.may(ManagePortal):
            return ""
        site = api.portal.get().absolute_url()
        return f"{site}/acl_users/{PLUGIN_ID}/manage_settings"

    def _row(self, key: ServiceKey) -> Row:
        use = last_use(self.server, key)
        return Row(
            title=key.title,
            client_id=key.client_id,
            ip_ranges=key.ip_ranges,
            issued=self.localized(key.issued_at),
            expires=self._optional(key.expires_at),
            last_used=self._optional(use.time if use else None),
            revoked=self._optional(key.revoked_at),
            revoked_by=key.revoked_by,
            is_expired=key.expires_at is not None and key.expires_at <= self.now,
            may_impersonate=key.may_impersonate,
            may_manage_users=key.may_manage_users,
        )

    def _optional(self, seconds: float | None) -> str:
        return "" if seconds is None else self.localized(seconds)
