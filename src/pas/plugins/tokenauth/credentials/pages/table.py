"""A table of credentials of one owner or of all, sorted and in pages."""

from ...i18n import _
from ...permissions import ISSUE_KEYS_FOR_OTHERS
from ...site.fields import fields_of
from ...storage.interfaces import ICredential
from ..disabling import may_enable
from ..fields import IPRanges
from ..fields import Scopes
from ..fields import Switch
from ..kinds import kind_of
from ..scopes import effect_of
from ..scopes import granted_scopes
from ..scopes import is_administrative
from ..search import days_left
from ..search import SORT_ORDERS
from ..search import sorted_credentials
from ..search import state_of
from ..service import last_use
from .base import CredentialsView
from dataclasses import dataclass
from functools import cached_property
from functools import singledispatch
from plone.batching import Batch
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from urllib.parse import urlencode


PAGE_SIZE = 50
#: Sort orders that begin with the largest.
_DESCENDING = ("issued", "last_used")


@dataclass(frozen=True, kw_only=True)
class Badge:
    """A word or two about a credential; the kind is a colour of Bootstrap's."""

    text: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One credential in the table; times are strings, and empty where there is none."""

    title: str
    name: str
    id: str
    owner: str
    owner_name: str
    ip_ranges: str
    issued: str
    issued_by: str
    expires: str
    last_used: str
    revoked: str
    revoked_by: str
    disabled: str
    disabled_by: str
    badges: list[Badge]
    is_over: bool
    has_ended: bool
    may_rotate: bool
    may_enable: bool
    may_transfer: bool
    copy_label: str


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


class CredentialTable(CredentialsView):
    """A list of credentials.

    A subclass says which, and its template shows the macro of `table`.
    """

    table = ViewPageTemplateFile("templates/table.pt")
    #: Whether there is a column for the owner.
    shows_owner = False

    def credentials(self) -> list[ICredential]:
        """Those in the table, in any order."""
        raise NotImplementedError

    def query(self) -> dict[str, str]:
        """Parameters of the query that say which these are."""
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
        """Those that this page shows."""
        found = sorted_credentials(
            self.site, self.credentials(), self.sort_on, self.is_descending
        )
        start = self.request.form.get("b_start")
        return Batch(found, PAGE_SIZE, start if start in range(len(found)) else 0)

    @cached_property
    def rows(self) -> list[Row]:
        """These as they are shown."""
        return [self._row(credential) for credential in self.batch]

    @property
    def revocable(self) -> bool:
        """Whether there is anything to revoke on this page."""
        return any(not row.revoked for row in self.rows)

    @property
    def recording_note(self) -> str:
        """What to know about the times of last use on this page, or an empty string."""
        if not any(self.texts_of(each).entries_of_minutes for each in self.batch):
            return ""
        minutes = self.site.settings.usage_recording_interval
        if minutes == 1:
            return _(
                "Uses of personal access tokens are recorded at most once a minute."
            )
        return _(
            "Uses of personal access tokens are recorded at most once in ${minutes}"
            " minutes.",
            mapping={"minutes": minutes},
        )

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

    def _row(self, credential: ICredential) -> Row:
        use = last_use(self.site, credential)
        return Row(
            title=credential.title,
            name=credential.name,
            id=credential.credential_id,
            owner=credential.owner,
            owner_name=self.full_name(credential.owner),
            ip_ranges=credential.ip_ranges,
            issued=self.localized(credential.issued_at),
            issued_by=credential.issued_by,
            expires=self._optional(credential.expires_at),
            last_used=self._optional(use.time if use else None),
            revoked=self._optional(credential.revoked_at),
            revoked_by=credential.revoked_by,
            disabled=self._optional(credential.disabled_at),
            disabled_by=credential.disabled_by,
            badges=self._badges(credential, is_used=use is not None),
            is_over=not credential.is_live(self.now),
            has_ended=credential.has_ended,
            may_rotate=(
                kind_of(credential).rotation is not None
                and not credential.has_ended
                and self.widens(credential)
            ),
            may_enable=(
                credential.disabled_at is not None
                and not credential.has_ended
                and may_enable(self.requester, credential)
            ),
            may_transfer=(
                self.place.kind is None
                and not credential.has_ended
                and self.requester.may(ISSUE_KEYS_FOR_OTHERS)
            ),
            copy_label=self.texts_of(credential).copy_label,
        )

    def _badges(self, credential: ICredential, is_used: bool) -> list[Badge]:
        badges = [self._kind_badge(credential), self._state_badge(credential)]
        if credential.is_live(self.now) and not is_used:
            badges.append(Badge(text=_("Never used"), kind="info"))
        badges += [
            badge(option, getattr(credential, name))
            for name, option in fields_of(kind_of(credential).options).items()
        ]
        return [badge for badge in badges if badge is not None]

    def _kind_badge(self, credential: ICredential) -> Badge | None:
        if self.place.kind is not None:
            return None
        return Badge(text=self.texts_of(credential).name, kind="light")

    def _state_badge(self, credential: ICredential) -> Badge | None:
        state = state_of(credential, self.now)
        if state == "expiring":
            left = days_left(credential, self.now)
            return Badge(text=_expires_in(left), kind="warning")
        return _STATE_BADGES.get(state)

    def _optional(self, seconds: float | None) -> str:
        return "" if seconds is None else self.localized(seconds)


@singledispatch
def badge(field: Any, value: Any) -> Badge | None:
    """What a table shows of an option: nothing, unless its class says otherwise."""
    return None


@badge.register
def _ranges_badge(field: IPRanges, value: str) -> Badge | None:
    return Badge(text=_("Restricted by IP"), kind="success") if value else None


@badge.register
def _scopes_badge(field: Scopes, value: tuple[str, ...]) -> Badge | None:
    if is_administrative(value):
        return Badge(text=_("Administers"), kind="warning")
    stores = effect_of(granted_scopes(value)).stores
    return None if stores else Badge(text=_("Read only"), kind="success")


@badge.register
def _switch_badge(field: Switch, value: bool) -> Badge | None:
    warns = value and field.permission
    return Badge(text=field.title, kind="warning") if warns else None


_STATE_BADGES = {
    "revoked": Badge(text=_("Revoked"), kind="danger"),
    "orphaned": Badge(text=_("Owner gone"), kind="danger"),
    "disabled": Badge(text=_("Disabled"), kind="warning"),
    "expired": Badge(text=_("Expired"), kind="secondary"),
}


def _expires_in(days: int | None) -> str:
    if not days:
        return _("Expires within a day")
    if days == 1:
        return _("Expires in 1 day")
    return _("Expires in ${days} days", mapping={"days": days})
