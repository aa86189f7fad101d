"""A table of service keys: whose ever they are, sorted and in pages."""

from ..i18n import _
from ..storage.servicekeys import ServiceKey
from ..usecases.search import days_left
from ..usecases.search import SORT_ORDERS
from ..usecases.search import sorted_keys
from ..usecases.search import state_of
from ..usecases.servicekeys import has_ended
from ..usecases.servicekeys import last_use
from .base import ServiceKeysView
from dataclasses import dataclass
from functools import cached_property
from plone.batching import Batch
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from urllib.parse import urlencode


PAGE_SIZE = 50
#: Sort orders that begin with the largest.
_DESCENDING = ("issued", "last_used")


@dataclass(frozen=True, kw_only=True)
class Badge:
    """A word or two about a key; the kind is a colour of Bootstrap's."""

    text: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One key in the table; times are texts, and empty where there is none."""

    title: str
    name: str
    client_id: str
    owner: str
    owner_name: str
    ip_ranges: str
    issued: str
    issued_by: str
    expires: str
    last_used: str
    revoked: str
    revoked_by: str
    badges: list[Badge]
    is_over: bool
    has_ended: bool
    may_rotate: bool


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column by which the table can be sorted.

    :param title: its header
    :param order: the direction it has now, as aria-sort spells it, or None
    :param url: where a click on the header leads
    """

    title: str
    order: str | None
    url: str


class KeyTable(ServiceKeysView):
    """A list of keys. A subclass says which, and shows the macro of `keytable`."""

    keytable = ViewPageTemplateFile("templates/keytable.pt")
    #: Whether there is a column for the owner.
    shows_owner = False

    def service_keys(self) -> list[ServiceKey]:
        """The keys, in any order."""
        raise NotImplementedError

    def query(self) -> dict[str, str]:
        """Parameters of the query that say which keys there are."""
        return {}

    def full_name(self, user_id: str) -> str:
        """How people call an owner, where that is shown; may be empty."""
        return ""

    @property
    def sort_on(self) -> str:
        """One of SORT_ORDERS."""
        wanted = self.text("sort")
        return wanted if wanted in SORT_ORDERS else "issued"

    @property
    def is_descending(self) -> bool:
        """Whether the largest comes first."""
        wanted = self.text("order")
        if wanted in ("ascending", "descending"):
            return wanted == "descending"
        return self.sort_on in _DESCENDING

    @cached_property
    def batch(self) -> Batch:
        """The keys that this page shows."""
        keys = sorted_keys(
            self.server, self.service_keys(), self.sort_on, self.is_descending
        )
        start = self.request.form.get("b_start")
        return Batch(keys, PAGE_SIZE, start if start in range(len(keys)) else 0)

    @cached_property
    def rows(self) -> list[Row]:
        """These keys as they are shown."""
        return [self._row(key) for key in self.batch]

    @property
    def revocable(self) -> bool:
        """Whether there is anything to revoke on this page."""
        return any(not row.revoked for row in self.rows)

    @property
    def columns(self) -> dict[str, Column]:
        """The columns that the table can be sorted by, by sort order."""
        titles = {
            "title": _("Title"),
            "owner": _("Owner"),
            "issued": _("Issued"),
            "expires": _("Expires"),
            "last_used": _("Last used"),
        }
        return {by: self._column(by, title) for by, title in titles.items()}

    def _column(self, by: str, title: str) -> Column:
        is_current = by == self.sort_on
        descends = not self.is_descending if is_current else by in _DESCENDING
        order = "descending" if descends else "ascending"
        query = urlencode({**self.query(), "sort": by, "order": order})
        current = "descending" if self.is_descending else "ascending"
        return Column(
            title=title,
            order=current if is_current else None,
            url=f"{self.url()}?{query}",
        )

    def _row(self, key: ServiceKey) -> Row:
        use = last_use(self.server, key)
        return Row(
            title=key.title,
            name=key.name,
            client_id=key.client_id,
            owner=key.owner,
            owner_name=self.full_name(key.owner),
            ip_ranges=key.ip_ranges,
            issued=self.localized(key.issued_at),
            issued_by=key.issued_by,
            expires=self._optional(key.expires_at),
            last_used=self._optional(use.time if use else None),
            revoked=self._optional(key.revoked_at),
            revoked_by=key.revoked_by,
            badges=self._badges(key, is_used=use is not None),
            is_over=not key.is_live(self.now),
            has_ended=has_ended(key),
            may_rotate=not has_ended(key) and self.widens(key),
        )

    def _badges(self, key: ServiceKey, is_used: bool) -> list[Badge]:
        badges = [self._state_badge(key)]
        if key.is_live(self.now) and not is_used:
            badges.append(Badge(text=_("Never used"), kind="info"))
        if key.ip_ranges:
            badges.append(Badge(text=_("Restricted by IP"), kind="success"))
        if key.may_impersonate:
            badges.append(Badge(text=_("May impersonate"), kind="warning"))
        if key.may_manage_users:
            badges.append(Badge(text=_("May manage users"), kind="warning"))
        return [badge for badge in badges if badge is not None]

    def _state_badge(self, key: ServiceKey) -> Badge | None:
        state = state_of(key, self.now)
        if state == "expiring":
            return Badge(text=_expires_in(days_left(key, self.now)), kind="warning")
        return _STATE_BADGES.get(state)

    def _optional(self, seconds: float | None) -> str:
        return "" if seconds is None else self.localized(seconds)


_STATE_BADGES = {
    "revoked": Badge(text=_("Revoked"), kind="danger"),
    "orphaned": Badge(text=_("Owner gone"), kind="danger"),
    "expired": Badge(text=_("Expired"), kind="secondary"),
}


def _expires_in(days: int | None) -> str:
    if not days:
        return _("Expires within a day")
    if days == 1:
        return _("Expires in 1 day")
    return _("Expires in ${days} days", mapping={"days": days})
