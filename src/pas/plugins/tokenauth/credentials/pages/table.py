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
from ..kinds import kinds
from ..rights import may_revoke
from ..scopes import is_administrative
from ..scopes import known_scopes
from ..search import Criteria
from ..search import days_left
from ..search import EXPIRING_DAYS
from ..search import Found
from ..search import SORT_ORDERS
from ..search import state_of
from ..search import STATES
from ..search import UNUSED_DAYS
from ..service import last_use
from .base import CredentialsView
from .csv import credentials_csv
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace
from functools import cached_property
from functools import singledispatch
from plone.batching import Batch
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from urllib.parse import urlencode


PAGE_SIZE = 50
#: Sort orders that begin with the largest.
_DESCENDING = ("issued", "last_used")


#: Titles of STATES.
STATE_TITLES = {
    "active": _("Active"),
    "expiring": _("Expiring within ${days} days", mapping={"days": EXPIRING_DAYS}),
    "unused": _("Unused for ${days} days", mapping={"days": UNUSED_DAYS}),
    "never_expires": _("Never expires"),
    "anywhere": _("Usable from anywhere"),
    "administrative": _("Administers"),
    "disabled": _("Disabled"),
    "expired": _("Expired"),
    "revoked": _("Revoked"),
    "orphaned": _("Owner gone"),
}


@dataclass(frozen=True, kw_only=True)
class Badge:
    """A word or two about a credential; the kind is a colour of Bootstrap's."""

    text: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One credential in the table; times are strings, and empty where there is none."""

    credential: ICredential
    url: str
    name_label: str
    owner_url: str
    owner_name: str
    issued: str
    expires: str
    last_used: str
    revoked: str
    disabled: str
    badges: list[Badge]
    is_over: bool
    may_rotate: bool
    may_enable: bool
    may_revoke: bool
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


@dataclass(frozen=True, kw_only=True)
class Counter:
    """How many of the list are in a state.

    :param url: where a click on it leads: to these, or from there to all
    """

    title: str
    number: int
    url: str
    is_chosen: bool


class CredentialTable(CredentialsView):
    """A list of credentials.

    A subclass says whose, and its template shows the macros of `filters` and `table`.
    What is shown stands in the query, so that it can be bookmarked.
    """

    filters = ViewPageTemplateFile("templates/filters.pt")
    table = ViewPageTemplateFile("templates/table.pt")
    template: ViewPageTemplateFile
    #: Whether there is a column for the owner.
    shows_owner = False

    def show(self) -> Any:
        if self.__name__.endswith("-csv"):
            return credentials_csv(self)
        return self.template()

    def find_credentials(self, *how: Any) -> Found:
        """Those that match: criteria, a sort order and whether it descends."""
        raise NotImplementedError

    def full_name(self, user_id: str) -> str:
        """How people call an owner, where that is shown; may be empty."""
        return ""

    @cached_property
    def criteria(self) -> Criteria:
        """What the visitor looks for."""
        return Criteria(
            text=self.text("search").strip(),
            state=self._one_of(STATES, "state"),
            owner=self.text("owner"),
            scope=self.text("scope"),
            kind=kinds().get(self.text("kind")),
            with_ended=bool(self.text("ended")),
        )

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the query that say so."""
        wanted = self.criteria
        parameters = {
            "search": wanted.text,
            "state": wanted.state,
            "owner": wanted.owner,
            "scope": wanted.scope,
            "kind": wanted.kind.name if wanted.kind else "",
            "ended": "true" if wanted.with_ended else "",
        }
        return {name: value for name, value in parameters.items() if value}

    def url_with(self, page: str = "", **parameters: str) -> str:
        """The URL of a list that differs in these parameters."""
        query = {**self._ordered_query, **parameters}
        query = {name: value for name, value in query.items() if value}
        return f"{self.url(page)}?{urlencode(query)}" if query else self.url(page)

    @property
    def navigation(self) -> str:
        """Links to the other parts of the list."""
        return self.links_to_parts(self.batch, self._ordered_query)

    @property
    def counters(self) -> list[Counter]:
        """How many of those that are listed are in which state, if any."""
        anyway = replace(self.criteria, state="", with_ended=True)
        numbers = self.find_credentials(anyway).in_states(self.now)
        counters = [self._counter(state, number) for state, number in numbers.items()]
        return [each for each in counters if each.number or each.is_chosen]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to search, whatever the query says."""
        return not self.find_credentials(Criteria(with_ended=True))

    @property
    def scope_titles(self) -> dict[str, str]:
        """Titles of the scopes, by name."""
        return {name: scope.title for name, scope in sorted(known_scopes().items())}

    @property
    def sort_on(self) -> str:
        """One of SORT_ORDERS."""
        return self._one_of(SORT_ORDERS, "sort") or "issued"

    @property
    def is_descending(self) -> bool:
        """Whether the largest comes first."""
        wanted = self._one_of(("ascending", "descending"), "order")
        return wanted == "descending" if wanted else self.sort_on in _DESCENDING

    @cached_property
    def found(self) -> Found:
        """Those that match, on all pages."""
        return self.find_credentials(self.criteria, self.sort_on, self.is_descending)

    @cached_property
    def batch(self) -> Batch:
        """Which part of them this page shows."""
        start = self.request.form.get("b_start")
        known = range(len(self.found))
        return Batch(self.found, PAGE_SIZE, start if start in known else 0)

    @cached_property
    def credentials(self) -> list[ICredential]:
        """Those that this page shows."""
        first = self.batch.first
        return self.found[first : first + self.batch.length]

    @cached_property
    def rows(self) -> list[Row]:
        """These as they are shown."""
        return [self._row(credential) for credential in self.credentials]

    @property
    def sections(self) -> dict[str, list[Row]]:
        """The same of one person by the title of their kind; of several by none."""
        if self.place.kind is not None or not self.criteria.owner:
            return {"": self.rows}
        sections: dict[str, list[Row]] = {}
        for row in self.rows:
            title = self.texts_of(row.credential).name_of_all
            sections.setdefault(title, []).append(row)
        return sections

    @property
    def revocable(self) -> bool:
        """Whether there is anything to revoke on this page."""
        return any(not row.revoked for row in self.rows)

    @property
    def recording_note(self) -> str:
        """What to know about the times of last use on this page, or an empty string."""
        if not any(self.texts_of(each).entries_of_minutes for each in self.credentials):
            return ""
        minutes = self.site.settings.usage_recording_interval
        if minutes == 1:
            return _("Uses are recorded at most once a minute.")
        return _(
            "Uses are recorded at most once in ${minutes} minutes.",
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
        return Column(
            title=title,
            order=_ORDERS[self.is_descending] if is_current else None,
            url=self.url_with(sort=by, order=_ORDERS[descends]),
        )

    @property
    def _ordered_query(self) -> dict[str, str]:
        order = {name: self.text(name) for name in ("sort", "order")}
        return {**self.query, **{name: each for name, each in order.items() if each}}

    def _counter(self, state: str, number: int) -> Counter:
        is_chosen = state == self.criteria.state
        return Counter(
            title=STATE_TITLES[state],
            number=number,
            url=self.url_with(state="" if is_chosen else state),
            is_chosen=is_chosen,
        )

    def _one_of(self, values: Iterable[str], name: str) -> str:
        wanted = self.text(name)
        return wanted if wanted in values else ""

    def _row(self, credential: ICredential) -> Row:
        use = last_use(self.site, credential)
        return Row(
            credential=credential,
            url=self._url_of(credential),
            name_label=self.texts_of(credential).name_label,
            owner_url=self.url_with(owner=credential.owner),
            owner_name=self.full_name(credential.owner),
            issued=self.localized(credential.issued_at),
            expires=self._optional(credential.expires_at),
            last_used=self._optional(use.time if use else None),
            revoked=self._optional(credential.revoked_at),
            disabled=self._optional(credential.disabled_at),
            badges=self._badges(credential, is_used=use is not None),
            is_over=not credential.is_live(self.now),
            may_rotate=(
                kind_of(credential).rotation_of(credential) is not None
                and not credential.has_ended
                and self.widens(credential)
            ),
            may_enable=(
                credential.disabled_at is not None
                and not credential.has_ended
                and may_enable(self.requester, credential)
            ),
            may_revoke=(
                credential.revoked_at is None and may_revoke(self.requester, credential)
            ),
            may_transfer=(
                self.place.kind is None
                and not kind_of(credential).belongs_to_site
                and not credential.has_ended
                and kind_of(credential).made_by != "consent"
                and self.requester.may(ISSUE_KEYS_FOR_OTHERS)
            ),
            copy_label=self.texts_of(credential).copy_label,
        )

    def _url_of(self, credential: ICredential) -> str:
        """Where its options are, or, where these stay as they are, its uses."""
        page = "logs" if credential.has_ended else "edit"
        return f"{self.url(page)}?{urlencode({'id': credential.credential_id})}"

    def _badges(self, credential: ICredential, is_used: bool) -> list[Badge]:
        badges = [self._state_badge(credential)]
        if self.place.kind is None:
            name = self.texts_of(credential).name
            badges.insert(0, Badge(text=name, kind="light"))
        for name, option in fields_of(kind_of(credential).options).items():
            badges += badges_of(option, getattr(credential, name))
        if credential.is_live(self.now) and not is_used:
            badges.append(Badge(text=_("Never used"), kind="info"))
        return badges

    def _state_badge(self, credential: ICredential) -> Badge:
        state = state_of(credential, self.now)
        text, kind = STATE_TITLES[state], _STATE_KINDS[state]
        if state == "expiring":
            text = _expires_in(days_left(credential, self.now))
        return Badge(text=text, kind=kind)

    def _optional(self, seconds: float | None) -> str:
        return "" if seconds is None else self.localized(seconds)


@singledispatch
def badges_of(field: Any, value: Any) -> list[Badge]:
    """What a table shows of an option: nothing, unless its class says otherwise."""
    return []


@badges_of.register
def _ranges_badges(field: IPRanges, value: str) -> list[Badge]:
    return [Badge(text=_("Restricted by IP"), kind="success")] if value else []


@badges_of.register
def _scopes_badges(field: Scopes, value: tuple[str, ...]) -> list[Badge]:
    known = known_scopes()
    scopes = [known[name] for name in value if name in known]
    included = {name for scope in scopes for name in scope.includes}
    return [
        Badge(
            text=known[name].title if name in known else name,
            kind="warning" if is_administrative([name]) else "secondary",
        )
        for name in value
        if name not in included
    ]


@badges_of.register
def _switch_badges(field: Switch, value: bool) -> list[Badge]:
    warns = value and field.permission
    return [Badge(text=field.title, kind="warning")] if warns else []


_STATE_KINDS = {
    "active": "success",
    "expiring": "warning",
    "disabled": "warning",
    "expired": "secondary",
    "revoked": "danger",
    "orphaned": "danger",
}
#: How aria-sort spells them.
_ORDERS = {False: "ascending", True: "descending"}


def _expires_in(days: int | None) -> str:
    if not days:
        return _("Expires within a day")
    if days == 1:
        return _("Expires in 1 day")
    return _("Expires in ${days} days", mapping={"days": days})
