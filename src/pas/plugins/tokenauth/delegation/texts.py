"""What people read about authorizations."""

from ..credentials.texts import KindTexts
from ..i18n import _


TEXTS = KindTexts(
    name=_("Authorization"),
    name_of_all=_("Authorizations"),
    issued_already=_("You have authorized this application already."),
    ended=_("This authorization has ended and can no longer be changed."),
    somebody_elses=_(
        "This is the authorization of somebody else: you may only tighten its limits."
    ),
    list_title=_("Applications that act for you"),
    back_label=_("Back to the applications that act for me"),
    description=_("Applications that you have allowed to act on your behalf"),
    introduction=_(
        "You have allowed these applications to work in this site as you, without your"
        " password. You can end that at any time without any effect on your own log-in."
    ),
    issue_title=_("Authorize an application"),
    issue_description=_(
        "You are asked for it when an application sends you to this site."
    ),
    issue_label=_("Authorize"),
    edit_title=_("Edit authorization"),
    locked=_("This authorization is by ${owner}: you may only tighten its limits."),
    of_other=_(
        "This authorization is by ${owner}, who is told by e-mail when you change it,"
        " if the site sends mail."
    ),
    revoke_title=_("Revoke authorizations?"),
    revoke_title_of_one=_("Revoke authorization?"),
    consequences=_(
        "These applications cannot act for their users any more, at once. They can ask"
        " again."
    ),
    consequences_of_one=_(
        "The application cannot act for its user any more, at once. It can ask again."
    ),
    none_selected=_("Please select the authorizations to revoke."),
    revoked=_("Authorizations revoked: ${count}."),
    entries=_(
        "One entry for each time the application obtained an access token. Entries are"
        " kept for ${days} days, the newest one for longer."
    ),
    unused=_("The application has not obtained an access token yet."),
    issued_subject=_("${site}: an application may act for you"),
    issued_opening=_(
        "You have allowed an application to act for you in “${site}”. It can do there"
        " what is said below."
    ),
    changed_subject=_("${site}: what an application may do for you was changed"),
    changed_opening=_(
        "Somebody else changed what an application may do for you in “${site}”. Below"
        " is what it is now."
    ),
    one_expires_subject=_("${site}: an application will ask you again soon"),
    one_expires_opening=_(
        "What you have allowed an application to do for you in “${site}” ends soon. It"
        " will ask you again."
    ),
    some_expire_subject=_("${site}: ${count} applications will ask you again soon"),
    some_expire_opening=_(
        "What you have allowed ${count} applications to do for you in “${site}” ends"
        " soon. They will ask you again."
    ),
    keep_going=_("You need not do anything. To see what acts for you:"),
    surprise=_(
        "If this surprises you, end it at once and tell an administrator of the site."
    ),
)
