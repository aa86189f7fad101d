"""What the pages say about a credential that depends on its kind, and how they do."""

from collections.abc import Callable
from dataclasses import dataclass
from zope.interface import implementer
from zope.interface import Interface


@dataclass(frozen=True, kw_only=True)
class RevokeTexts:
    """What the page says that asks whether to revoke something.

    :param title: for more than one
    :param consequences: of revoking more than one
    :param title_of_one: for one; empty where it is always more
    :param consequences_of_one: of revoking one; empty likewise
    :param none_selected: when there is nothing to ask about
    :param revoked: how many there were
    """

    title: str
    consequences: str
    none_selected: str
    revoked: Callable[[int], str]
    title_of_one: str = ""
    consequences_of_one: str = ""


@dataclass(frozen=True, kw_only=True)
class ExpiryTexts:
    """What a form says about when something ends.

    :param help: what there is to know
    :param help_with_maximum: the same, where days are limited
    :param day_help: what the day means, in a time zone
    :param never_warning: what to think of before choosing never
    :param missing: when nothing was chosen
    """

    help: str
    help_with_maximum: Callable[[int], str]
    day_help: Callable[[str], str]
    never_warning: str
    missing: str


@dataclass(frozen=True, kw_only=True)
class OptionsTexts:
    """What a form says about title and IP ranges.

    :param title_help: what the title is for
    :param ip_ranges_help: what IP ranges do
    :param ip_ranges_required_help: the same, where the site requires them
    :param no_address: when the server does not see where the visitor is
    """

    title_help: str
    ip_ranges_help: str
    ip_ranges_required_help: str
    no_address: str


@dataclass(frozen=True, kw_only=True)
class UsageTexts:
    """What the page about the usage says.

    :param entries: what an entry stands for: of minutes between entries, and days for
        which they are kept
    :param unused: when there is none
    """

    entries: Callable[[int, int], str]
    unused: str


class IAppearance(Interface):
    """How a kind of credential appears: a utility with the name of the kind."""


@implementer(IAppearance)
@dataclass(frozen=True, kw_only=True)
class Appearance:
    """One kind of credential on the pages.

    :param name: what one of the kind is called
    :param name_of_all: what all of the kind are called
    :param id_label: what its id is called
    :param copy_label: what a button says that copies its id
    :param edit_page: name of the page of the panel that changes it
    :param entries_count: whether one entry of the usage log may stand for many uses
    :param locked: that somebody else's options can only be tightened, with the owner
    :param of_other: that the owner is told of changes
    """

    name: str
    name_of_all: str
    id_label: str
    copy_label: str
    edit_page: str
    entries_count: bool
    locked: Callable[[str], str]
    of_other: Callable[[str], str]
    revoke: RevokeTexts
    expiry: ExpiryTexts
    options: OptionsTexts
    usage: UsageTexts
