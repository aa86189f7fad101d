"""How personal access tokens appear on the pages."""

from ...credentials.pages.texts import Appearance
from ...credentials.pages.texts import ExpiryTexts
from ...credentials.pages.texts import OptionsTexts
from ...credentials.pages.texts import RevokeTexts
from ...credentials.pages.texts import UsageTexts
from ...i18n import _


def _locked(owner: str) -> str:
    return _(
        "This access token belongs to ${owner}: you may only tighten its limits.",
        mapping={"owner": owner},
    )


def _of_other(owner: str) -> str:
    return _(
        "This access token belongs to ${owner}, who is told by e-mail when you change"
        " it, if the site sends mail.",
        mapping={"owner": owner},
    )


def _revoked(count: int) -> str:
    return _("Access tokens revoked: ${count}.", mapping={"count": count})


def _help_with_maximum(days: int) -> str:
    return _(
        "By the policy of this site an access token ends at most ${days} days after it"
        " was issued.",
        mapping={"days": days},
    )


def _day_help(timezone: str) -> str:
    return _(
        "The last day of the access token; it ends when this day ends in the time zone"
        " of the site (${timezone}).",
        mapping={"timezone": timezone},
    )


def _entries(minutes: int, days: int) -> str:
    if minutes == 1:
        return _(
            "One entry for each address and minute in which the access token was used."
            " Entries are kept for ${days} days, the newest one for longer.",
            mapping={"days": days},
        )
    return _(
        "One entry for each address and period of ${minutes} minutes in which the"
        " access token was used. Entries are kept for ${days} days, the newest one for"
        " longer.",
        mapping={"minutes": minutes, "days": days},
    )


TOKEN_APPEARANCE = Appearance(
    name=_("Access token"),
    name_of_all=_("Access tokens"),
    id_label=_("Id"),
    copy_label=_("Copy the id"),
    edit_page="edit-personal-access-token",
    entries_count=True,
    locked=_locked,
    of_other=_of_other,
    revoke=RevokeTexts(
        title=_("Revoke access tokens?"),
        title_of_one=_("Revoke access token?"),
        consequences=_(
            "Programs that use these access tokens are locked out at once. This cannot"
            " be undone."
        ),
        consequences_of_one=_(
            "Programs that use this access token are locked out at once. This cannot be"
            " undone."
        ),
        none_selected=_("Please select the access tokens to revoke."),
        revoked=_revoked,
    ),
    expiry=ExpiryTexts(
        help=_(
            "You are reminded by e-mail before an access token ends, if the site sends"
            " mail."
        ),
        help_with_maximum=_help_with_maximum,
        day_help=_day_help,
        never_warning=_(
            "Not advisable: whoever finds the access token in an old script or backup"
            " gets in, years from now. You can postpone the expiry at any time."
        ),
        missing=_("Please choose when the access token ends."),
    ),
    options=OptionsTexts(
        title_help=_(
            "By which you recognise the access token, for instance the name of the"
            " script and where it runs."
        ),
        ip_ranges_help=_(
            "Where the access token may be used from: addresses and networks, separated"
            " by commas, for instance 192.0.2.7, 2001:db8::/32. Leave it empty for"
            " anywhere. Changes apply at once."
        ),
        ip_ranges_required_help=_(
            "Where the access token may be used from: addresses and networks, separated"
            " by commas, for instance 192.0.2.7, 2001:db8::/32. By the policy of this"
            " site every access token needs them. Changes apply at once."
        ),
        no_address=_(
            "The server does not see your address now. If it is the same for the"
            " program, an access token with IP ranges is of no use."
        ),
    ),
    usage=UsageTexts(entries=_entries, unused=_("This access token was not used yet.")),
)
