"""What people read about personal access tokens."""

from ..credentials.texts import KindTexts
from ..i18n import _


TEXTS = KindTexts(
    name=_("Personal access token"),
    name_of_all=_("Personal access tokens"),
    too_many=_(
        "This site's policy allows at most ${maximum} personal access tokens per"
        " user. Revoke one first."
    ),
    list_title=_("Personal access tokens"),
    back_label=_("Back to my personal access tokens"),
    description=_("Personal access tokens that let scripts act on your behalf"),
    introduction=_(
        "With a personal access token a script works in this site as you, without your"
        " password: it sends the token with every request. Whoever has the token can do"
        " the same, so let it do no more than the script needs. You can revoke it at"
        " any time without any effect on your own log-in."
    ),
    issue_title=_("Issue a personal access token"),
    issue_description=_("The personal access token is shown once, on the next page."),
    issue_label=_("Issue personal access token"),
    rotate_title=_("Rotate personal access token"),
    rotation=_("“${title}” gets another token. Its options and usage stay."),
    rotation_for_other=_(
        "“${title}” of ${owner} gets another token. Its options and usage stay. The"
        " owner is told by e-mail, if the site sends mail."
    ),
    edit_title=_("Edit personal access token"),
    revoke_title=_("Revoke personal access tokens?"),
    revoke_title_of_one=_("Revoke personal access token?"),
    revoked=_("Personal access tokens revoked: ${count}."),
    entries=_(
        "One entry for each address and minute in which the personal access token was"
        " used. Entries are kept for ${days} days, the newest one for longer."
    ),
    entries_of_minutes=_(
        "One entry for each address and period of ${minutes} minutes in which the"
        " personal access token was used. Entries are kept for ${days} days, the"
        " newest one for longer."
    ),
    issued_subject=_("${site}: a personal access token was issued for your account"),
    issued_opening=_(
        "A personal access token was issued for your account in “${site}”. The"
        " program that has it acts there as you."
    ),
    changed_subject=_("${site}: one of your personal access tokens was changed"),
    changed_opening=_(
        "Somebody else changed one of your personal access tokens in “${site}”."
        " Below is what it is now."
    ),
    rotated_subject=_("${site}: one of your personal access tokens was replaced"),
    rotated_opening=_(
        "One of your personal access tokens in “${site}” was replaced by a new one."
        " The program that has it acts there as you."
    ),
    one_expires_subject=_("${site}: one of your personal access tokens expires soon"),
    one_expires_opening=_(
        "One of your personal access tokens in “${site}” expires soon. The program"
        " that uses it will then be locked out."
    ),
    some_expire_subject=_(
        "${site}: ${count} of your personal access tokens expire soon"
    ),
    some_expire_opening=_(
        "${count} of your personal access tokens in “${site}” expire soon. The"
        " programs that use them will then be locked out."
    ),
    keep_going=_(
        "To keep the program running, give the token a later expiry, rotate it, or"
        " issue a new one in time:"
    ),
)
