"""What people read about sites with django-simple-sso."""

from ..credentials.texts import KindTexts
from ..i18n import _


_LOCKED = _("Only who manages applications may change such a site.")
_CONSEQUENCES = _(
    "Nobody can log in there any more with their account here; who is logged in there"
    " stays so. This cannot be undone."
)

TEXTS = KindTexts(
    name=_("Site with django-simple-sso"),
    name_of_all=_("Sites with django-simple-sso"),
    id_label=_("Public key"),
    copy_label=_("Copy the public key"),
    issued_already=_(
        "This site was registered already. Its private key cannot be shown again."
    ),
    ended=_("This site was revoked and can no longer be changed."),
    somebody_elses=_LOCKED,
    list_title=_("Sites with django-simple-sso"),
    back_label=_("Back to the sites with django-simple-sso"),
    description=_("Django sites to which people log in with their account here"),
    introduction=_(
        "A Django site sends people here to log in, and is told who they are. It is an"
        " older way: prefer OpenID Connect where the other side can do it."
    ),
    issue_title=_("Register a site with django-simple-sso"),
    issue_description=_(
        "Another site, to which people can log in with their account here. You get its"
        " private key once, on the next page."
    ),
    issue_label=_("Register site"),
    edit_title=_("Edit site with django-simple-sso"),
    locked=_LOCKED,
    rotate_title=_("Rotate private key"),
    rotation=_("“${title}” gets another private key. Its public key and options stay."),
    rotated_already=_(
        "The private key was rotated already. A new one cannot be shown again."
    ),
    revoke_title=_("Revoke sites?"),
    revoke_title_of_one=_("Revoke site?"),
    consequences=_CONSEQUENCES,
    consequences_of_one=_CONSEQUENCES,
    none_selected=_("Please select the sites to revoke."),
    revoked=_("Sites revoked: ${count}."),
    entries=_(
        "One entry for every time somebody has logged in there. Entries are kept for"
        " ${days} days, the newest one for longer."
    ),
    unused=_("Nobody has logged in there yet."),
)
