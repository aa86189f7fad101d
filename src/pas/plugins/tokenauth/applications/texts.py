"""What people read about applications."""

from ..credentials.texts import KindTexts
from ..i18n import _


TEXTS = KindTexts(
    name=_("Application"),
    name_of_all=_("Applications"),
    id_label=_("Client id"),
    copy_label=_("Copy the client id"),
    issued_already=_(
        "This application was registered already. Its secret cannot be shown again."
    ),
    ended=_("This application was revoked and can no longer be changed."),
    somebody_elses=_(
        "The application acts without asking people: only who may issue keys for others"
        " may do more than tighten its limits."
    ),
    list_title=_("Applications"),
    back_label=_("Back to the applications"),
    description=_("Programs that people let act for them"),
    introduction=_(
        "An application sends people here to sign in, and acts for them within the"
        " limits that they and you have set."
    ),
    issue_title=_("Register an application"),
    issue_description=_(
        "The application belongs to the site. If it has a secret, you get it once, on"
        " the next page."
    ),
    issue_label=_("Register application"),
    edit_title=_("Edit application"),
    locked=_(
        "The application acts without asking people: you may only tighten its limits."
    ),
    rotate_title=_("Rotate secret or key"),
    rotation=_(
        "“${title}” gets another secret or key. Its client id, options and usage stay."
    ),
    rotated_already=_(
        "The secret or key was rotated already. A new secret cannot be shown again."
    ),
    revoke_title=_("Revoke applications?"),
    revoke_title_of_one=_("Revoke application?"),
    consequences=_(
        "These applications are locked out at once, also with the tokens they have now,"
        " for everybody who uses them. This cannot be undone."
    ),
    consequences_of_one=_(
        "This application is locked out at once, also with the tokens it has now, for"
        " everybody who uses it. This cannot be undone."
    ),
    none_selected=_("Please select the applications to revoke."),
    revoked=_("Applications revoked: ${count}."),
    entries=_(
        "One entry for every time the application obtained an access token for itself."
        " Entries are kept for ${days} days, the newest one for longer."
    ),
    unused=_("This application has not obtained a token for itself yet."),
    issued_subject=_("${site}: an application acts as you"),
    issued_opening=_(
        "An application was registered in “${site}” that acts there as you, by itself."
    ),
    changed_subject=_("${site}: an application that acts as you was changed"),
    changed_opening=_(
        "An application in “${site}” acts there as you, by itself. It was changed;"
        " below is what it is now."
    ),
    rotated_subject=_("${site}: an application that acts as you got a new secret"),
    rotated_opening=_(
        "An application in “${site}” acts there as you, by itself. It got a new secret"
        " or key."
    ),
    one_expires_subject=_("${site}: an application that acts as you expires soon"),
    one_expires_opening=_(
        "An application in “${site}” that acts there as you expires soon. It is locked"
        " out then."
    ),
    some_expire_subject=_("${site}: ${count} applications that act as you expire soon"),
    some_expire_opening=_(
        "${count} applications in “${site}” that act there as you expire soon. They are"
        " locked out then."
    ),
    keep_going=_("To keep it running, ask an administrator of the site."),
    used_from=_("The application obtains tokens from ${ip_ranges} only."),
    used_from_anywhere=_("The application obtains tokens from anywhere."),
    surprise=_("If this surprises you, tell an administrator of the site immediately."),
)
