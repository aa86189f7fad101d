"""What people read about signed links."""

from ..credentials.texts import KindTexts
from ..i18n import _


TEXTS = KindTexts(
    name=_("Signed link"),
    name_of_all=_("Signed links"),
    id_label=_("Id"),
    copy_label=_("Copy the id"),
    issued_already=_("This link was made already. It cannot be shown again."),
    ended=_("This link has ended and can no longer be changed."),
    somebody_elses=_(
        "This is the link of somebody else: you may only tighten its limits."
    ),
    too_long=_(
        "By the policy of this site a link ends at most ${days} days after it was"
        " issued."
    ),
    must_end=_("By the policy of this site every link must expire."),
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
        "Whoever has the link sees this, without an account, until the link ends or you"
        " revoke it. You get the link once, on the next page."
    ),
    issue_label=_("Make the link"),
    edit_title=_("Edit signed link"),
    locked=_("This link belongs to ${owner}: you may only tighten its limits."),
    of_other=_(
        "This link belongs to ${owner}, who is told by e-mail when you change it, if"
        " the site sends mail."
    ),
    revoke_title=_("Revoke signed links?"),
    revoke_title_of_one=_("Revoke signed link?"),
    consequences=_(
        "They lead nowhere from now on, also for who has opened one. This cannot be"
        " undone."
    ),
    consequences_of_one=_(
        "It leads nowhere from now on, also for who has opened it. This cannot be"
        " undone."
    ),
    none_selected=_("Please select the links to revoke."),
    revoked=_("Signed links revoked: ${count}."),
    entries=_(
        "One entry for each address and minute in which the link was used. Entries are"
        " kept for ${days} days, the newest one for longer."
    ),
    entries_of_minutes=_(
        "One entry for each address and period of ${minutes} minutes in which the link"
        " was used. Entries are kept for ${days} days, the newest one for longer."
    ),
    unused=_("This link has not been used yet."),
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
        "One of your signed links in “${site}” expires soon. It leads nowhere then."
    ),
    some_expire_subject=_("${site}: ${count} of your signed links expire soon"),
    some_expire_opening=_(
        "${count} of your signed links in “${site}” expire soon. They lead nowhere"
        " then."
    ),
    keep_going=_(
        "To keep the link working, give it a later expiry, or make a new one in time:"
    ),
    used_from=_("The link can be used from ${ip_ranges} only."),
    used_from_anywhere=_("The link can be used from anywhere."),
    surprise=_(
        "If this surprises you, revoke the link at once and tell an administrator of"
        " the site."
    ),
)
