"""What people read about CAS services."""

from ..credentials.texts import KindTexts
from ..i18n import _


_LOCKED = _("Only who manages applications may change CAS services.")
_CONSEQUENCES = _(
    "Nobody can log in there any more with their account here; who is logged in there"
    " stays so. This cannot be undone."
)

TEXTS = KindTexts(
    name=_("CAS service"),
    name_of_all=_("CAS services"),
    issued_already=_("This CAS service was registered already."),
    ended=_("This CAS service was revoked and can no longer be changed."),
    somebody_elses=_LOCKED,
    list_title=_("CAS services"),
    back_label=_("Back to the CAS services"),
    description=_("Web sites to which people log in with their account here, by CAS"),
    introduction=_(
        "A CAS service is another web site that sends people here to log in, and is"
        " told who they are."
    ),
    issue_title=_("Register a CAS service"),
    issue_description=_(
        "Another web site, to which people can log in with their account here. Use CAS"
        " only where the site cannot do OpenID Connect."
    ),
    issue_label=_("Register CAS service"),
    edit_title=_("Edit CAS service"),
    locked=_LOCKED,
    revoke_title=_("Revoke CAS services?"),
    revoke_title_of_one=_("Revoke CAS service?"),
    consequences=_CONSEQUENCES,
    consequences_of_one=_CONSEQUENCES,
    none_selected=_("Please select the CAS services to revoke."),
    revoked=_("CAS services revoked: ${count}."),
    entries=_(
        "One entry for every time somebody has logged in there. Entries are kept for"
        " ${days} days, the newest one for longer."
    ),
    unused=_("Nobody has logged in there yet."),
)
