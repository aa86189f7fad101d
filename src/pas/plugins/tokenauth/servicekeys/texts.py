"""What people read about service keys."""

from ..credentials.texts import KindTexts
from ..i18n import _


TEXTS = KindTexts(
    name=_("Service key"),
    name_of_all=_("Service keys"),
    id_label=_("Client id"),
    copy_label=_("Copy the client id"),
    issued_already=_(
        "This service key was issued already. Its private key cannot be shown again."
    ),
    too_long=_(
        "By this site's policy, a key expires at most ${days} days after its key"
        " pair was made."
    ),
    too_many=_(
        "This site's policy allows at most ${maximum} service keys per user. Revoke"
        " one first."
    ),
    list_title=_("Service keys"),
    back_label=_("Back to my service keys"),
    description=_("Keys that let programs act on your behalf"),
    introduction=_(
        "With a service key a program works in this site as you, without your password."
        " The program signs with a private key that only it has; you can revoke it at"
        " any time without any effect on your own log-in."
    ),
    issue_title=_("Issue a service key"),
    issue_description=_("The private key is shown once, on the next page."),
    issue_label=_("Issue service key"),
    issue_title_for_other=_("Issue a service key for another user"),
    issue_description_for_other=_(
        "The program will act as that user, who is told by e-mail if the site sends"
        " any. The private key is shown once, on the next page."
    ),
    rotate_title=_("Rotate service key"),
    rotation=_(
        "“${title}” gets another key pair. Its client id, options and usage stay."
    ),
    rotation_for_other=_(
        "“${title}” of ${owner} gets another key pair. Its client id, options and"
        " usage stay. The owner is told by e-mail, if the site sends mail."
    ),
    rotated_already=_(
        "This service key was rotated already. Its private key cannot be shown again."
    ),
    edit_title=_("Edit service key"),
    revoke_title=_("Revoke service keys?"),
    revoke_title_of_one=_("Revoke service key?"),
    consequences=_(
        "Programs that use these keys are locked out immediately, and their current"
        " access tokens stop working. This cannot be undone."
    ),
    consequences_of_one=_(
        "Programs that use this key are locked out immediately, and their current"
        " access tokens stop working. This cannot be undone."
    ),
    revoked=_("Service keys revoked: ${count}."),
    entries=_(
        "One entry for every time the key obtained an access token. Entries are kept"
        " for ${days} days, the newest one for longer."
    ),
    issued_subject=_("${site}: a service key was issued for your account"),
    issued_opening=_(
        "A service key was issued for your account in “${site}”. The program that"
        " has it acts there as you."
    ),
    changed_subject=_("${site}: one of your service keys was changed"),
    changed_opening=_(
        "Somebody else changed one of your service keys in “${site}”. Below is"
        " what it is now."
    ),
    rotated_subject=_("${site}: one of your service keys got a new key pair"),
    rotated_opening=_(
        "One of your service keys in “${site}” got a new key pair. The program"
        " that has it acts there as you."
    ),
    one_expires_subject=_("${site}: one of your service keys expires soon"),
    one_expires_opening=_(
        "One of your service keys in “${site}” expires soon. The program that uses"
        " it will then be locked out."
    ),
    some_expire_subject=_("${site}: ${count} of your service keys expire soon"),
    some_expire_opening=_(
        "${count} of your service keys in “${site}” expire soon. The programs that"
        " use them will then be locked out."
    ),
    keep_going=_(
        "To keep the program running, give the key a later expiry, rotate it, or issue"
        " a new one in time:"
    ),
)
