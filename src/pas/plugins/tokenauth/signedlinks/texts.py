"""What people read about signed links."""

from ..credentials.texts import KindTexts
from ..i18n import _


TEXTS = KindTexts(
    name=_("Signed link"),
    name_of_all=_("Signed links"),
    list_title=_("Signed links"),
    back_label=_("Back to my signed links"),
    description=_("Links by which others see content of this site without a log-in"),
    introduction=_(
        "With a signed link somebody without an account sees one page or gets one file"
        " of this site, until a time that you choose. To make one, choose “Share by"
        " link” among the actions of the page or the file."
    ),
    issue_title=_("Share by link"),
    issue_description=_(
        "Anyone who has the link can see this without an account, until the link"
        " expires or you revoke it. The link is shown once, on the next page."
    ),
    issue_label=_("Make the link"),
    edit_title=_("Edit signed link"),
    revoke_title=_("Revoke signed links?"),
    revoke_title_of_one=_("Revoke signed link?"),
    consequences=_(
        "They stop working immediately, also for visitors who have opened one. This"
        " cannot be undone."
    ),
    consequences_of_one=_(
        "It stops working immediately, also for visitors who have opened it. This"
        " cannot be undone."
    ),
    entries=_(
        "One entry for each address and minute in which the link was used. Entries are"
        " kept for ${days} days, the newest one for longer."
    ),
    entries_of_minutes=_(
        "One entry for each address and period of ${minutes} minutes in which the link"
        " was used. Entries are kept for ${days} days, the newest one for longer."
    ),
    issued_subject=_("${site}: a signed link was made for your account"),
    issued_opening=_(
        "A signed link was made for your account in “${site}”. Whoever has it sees"
        " what it leads to."
    ),
    changed_subject=_("${site}: one of your signed links was changed"),
    changed_opening=_(
        "Somebody else changed one of your signed links in “${site}”. Below is what it"
        " is now."
    ),
    one_expires_subject=_("${site}: one of your signed links expires soon"),
    one_expires_opening=_(
        "One of your signed links in “${site}” expires soon. It will then stop working."
    ),
    some_expire_subject=_("${site}: ${count} of your signed links expire soon"),
    some_expire_opening=_(
        "${count} of your signed links in “${site}” expire soon. They will then stop"
        " working."
    ),
    keep_going=_(
        "To keep the link working, give it a later expiry, or make a new one in time:"
    ),
)
