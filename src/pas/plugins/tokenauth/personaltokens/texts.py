"""What people read about personal access tokens."""

from ..credentials.texts import KindTexts
from ..i18n import _


TEXTS = KindTexts(
    name=_("Personal access token"),
    name_of_all=_("Personal access tokens"),
    id_label=_("Id"),
    copy_label=_("Copy the id"),
    issued_already=_(
        "This personal access token was issued already. It cannot be shown again."
    ),
    ended=_("This personal access token has ended and can no longer be changed."),
    somebody_elses=_(
        "This is the personal access token of somebody else: you may only tighten its"
        " limits."
    ),
    too_long=_(
        "By the policy of this site a personal access token ends at most ${days} days"
        " after it was issued."
    ),
    too_many=_(
        "By the policy of this site a user has at most ${maximum} personal access"
        " tokens. Revoke one first."
    ),
    must_end=_("By the policy of this site every personal access token must expire."),
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
    issue_description=_("You get the personal access token once, on the next page."),
    issue_label=_("Issue personal access token"),
    rotate_title=_("Rotate personal access token"),
    rotation=_("“${title}” gets another token. Its options and usage stay."),
    rotation_for_other=_(
        "“${title}” of ${owner} gets another token. Its options and usage stay. The"
        " owner is told by e-mail, if the site sends mail."
    ),
    rotated_already=_(
        "This personal access token was rotated already. The new one cannot be shown"
        " again."
    ),
    edit_title=_("Edit personal access token"),
    locked=_(
        "This personal access token belongs to ${owner}: you may only tighten its"
        " limits."
    ),
    of_other=_(
        "This personal access token belongs to ${owner}, who is told by e-mail when"
        " you change it, if the site sends mail."
    ),
    revoke_title=_("Revoke personal access tokens?"),
    revoke_title_of_one=_("Revoke personal access token?"),
    consequences=_(
        "Programs that use these personal access tokens are locked out at once. This"
        " cannot be undone."
    ),
    consequences_of_one=_(
        "Programs that use this personal access token are locked out at once. This"
        " cannot be undone."
    ),
    none_selected=_("Please select the personal access tokens to revoke."),
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
    unused=_("This personal access token has not been used yet."),
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
        "One of your personal access tokens in “${site}” expires soon. The"
        " program that uses it is locked out then."
    ),
    some_expire_subject=_(
        "${site}: ${count} of your personal access tokens expire soon"
    ),
    some_expire_opening=_(
        "${count} of your personal access tokens in “${site}” expire soon. The"
        " programs that use them are locked out then."
    ),
    keep_going=_(
        "To keep the program running, give the token a later expiry, rotate it, or"
        " issue a new one in time:"
    ),
    used_from=_("The token can be used from ${ip_ranges} only."),
    used_from_anywhere=_("The token can be used from anywhere."),
    surprise=_(
        "If this surprises you, revoke the token at once and tell an administrator"
        " of the site."
    ),
)
