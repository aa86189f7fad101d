"""How service keys appear on the pages."""

from ...credentials.pages.texts import Appearance
from ...credentials.pages.texts import ExpiryTexts
from ...credentials.pages.texts import OptionsTexts
from ...credentials.pages.texts import RevokeTexts
from ...credentials.pages.texts import UsageTexts
from ...i18n import _


def _locked(owner: str) -> str:
    return _(
        "This key belongs to ${owner}: you may only tighten its limits.",
        mapping={"owner": owner},
    )


def _of_other(owner: str) -> str:
    return _(
        "This key belongs to ${owner}, who is told by e-mail when you change it, if"
        " the site sends mail.",
        mapping={"owner": owner},
    )


def _revoked(count: int) -> str:
    return _("Service keys revoked: ${count}.", mapping={"count": count})


def _help_with_maximum(days: int) -> str:
    return _(
        "By the policy of this site a key ends at most ${days} days after its key"
        " pair was made. Rotating the key makes a new pair.",
        mapping={"days": days},
    )


def _day_help(timezone: str) -> str:
    return _(
        "The last day of the key; it ends when this day ends in the time"
        " zone of the site (${timezone}).",
        mapping={"timezone": timezone},
    )


def _entries(minutes: int, days: int) -> str:
    return _(
        "One entry for every time the key obtained an access token. Entries are kept"
        " for ${days} days, the newest one for longer.",
        mapping={"days": days},
    )


KEY_APPEARANCE = Appearance(
    name=_("Service key"),
    name_of_all=_("Service keys"),
    id_label=_("Client id"),
    copy_label=_("Copy the client id"),
    edit_page="edit",
    entries_count=False,
    locked=_locked,
    of_other=_of_other,
    revoke=RevokeTexts(
        title=_("Revoke service keys?"),
        title_of_one=_("Revoke service key?"),
        consequences=_(
            "Programs that use these keys are locked out at once, also with the access"
            " tokens they have now. This cannot be undone."
        ),
        consequences_of_one=_(
            "Programs that use this key are locked out at once, also with the access"
            " tokens they have now. This cannot be undone."
        ),
        none_selected=_("Please select the service keys to revoke."),
        revoked=_revoked,
    ),
    expiry=ExpiryTexts(
        help=_("You are reminded by e-mail before a key ends, if the site sends mail."),
        help_with_maximum=_help_with_maximum,
        day_help=_day_help,
        never_warning=_(
            "Not advisable: whoever finds the keyfile in an old backup gets in, years"
            " from now. You can postpone the expiry, and rotate the key, at any time."
        ),
        missing=_("Please choose when the key ends."),
    ),
    options=OptionsTexts(
        title_help=_(
            "By which you recognise the key, for instance the name of the program"
            " and where it runs."
        ),
        ip_ranges_help=_(
            "Where the program may connect from: addresses and networks, separated"
            " by commas, for instance 192.0.2.7, 2001:db8::/32. Leave it empty for"
            " anywhere. Changes apply at once, also to access tokens that are"
            " in use."
        ),
        ip_ranges_required_help=_(
            "Where the program may connect from: addresses and networks, separated"
            " by commas, for instance 192.0.2.7, 2001:db8::/32. By the policy of"
            " this site every key needs them. Changes apply at once, also to"
            " access tokens that are in use."
        ),
        no_address=_(
            "The server does not see your address now. If it is the same for the"
            " program, a key with IP ranges is of no use."
        ),
    ),
    usage=UsageTexts(entries=_entries, unused=_("This key was not used yet.")),
)
