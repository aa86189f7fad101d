"""What people read about partners."""

from ..credentials.texts import KindTexts
from ..i18n import _


TEXTS = KindTexts(
    name=_("Partner"),
    name_of_all=_("Partners"),
    id_label=_("Partner id"),
    copy_label=_("Copy the partner id"),
    issued_already=_(
        "This partner was registered already. Its secret cannot be shown again."
    ),
    ended=_("This partner was revoked and can no longer be changed."),
    somebody_elses=_(
        "A partner can log people in: only who may issue keys for others may do more"
        " than tighten its limits."
    ),
    list_title=_("Partners"),
    back_label=_("Back to the partners"),
    description=_("Sites and programs that share a secret with this site"),
    introduction=_(
        "A partner proves by a signature who somebody is. It is an older way: prefer"
        " OpenID Connect where the other side can do it."
    ),
    issue_title=_("Register a partner"),
    issue_description=_(
        "The partner belongs to the site. You get the shared secret once, on the next"
        " page."
    ),
    issue_label=_("Register partner"),
    edit_title=_("Edit partner"),
    locked=_("A partner can log people in: you may only tighten its limits."),
    rotate_title=_("Rotate secret"),
    rotation=_("“${title}” gets another secret. Its id, options and usage stay."),
    rotated_already=_(
        "The secret was rotated already. A new secret cannot be shown again."
    ),
    revoke_title=_("Revoke partners?"),
    revoke_title_of_one=_("Revoke partner?"),
    consequences=_(
        "Their signatures are refused at once, and none is made for them any more. This"
        " cannot be undone."
    ),
    consequences_of_one=_(
        "Its signatures are refused at once, and none is made for it any more. This"
        " cannot be undone."
    ),
    none_selected=_("Please select the partners to revoke."),
    revoked=_("Partners revoked: ${count}."),
    entries=_(
        "One entry for every signature that was accepted. Entries are kept for ${days}"
        " days, the newest one for longer."
    ),
    unused=_("No signature of this partner was accepted yet."),
)
