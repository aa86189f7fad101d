"""What people read about applications that have registered themselves."""

from ..credentials.texts import KindTexts
from ..i18n import _


TEXTS = KindTexts(
    name=_("Self-registered application"),
    name_of_all=_("Self-registered applications"),
    name_label=_("Host"),
    ended=_("This application was revoked and can no longer be changed."),
    list_title=_("Self-registered applications"),
    back_label=_("Back to the applications"),
    description=_("Programs that no administrator has registered"),
    introduction=_(
        "An AI assistant or another program registers itself, or names a document about"
        " itself. People decide whether it may act for them."
    ),
    edit_title=_("Edit self-registered application"),
    revoke_title=_("Revoke self-registered applications?"),
    revoke_title_of_one=_("Revoke self-registered application?"),
    consequences=_(
        "These applications are locked out at once, and what people have allowed them"
        " ends. To keep applications of a host out for good, name it in the settings."
    ),
    consequences_of_one=_(
        "This application is locked out at once, and what people have allowed it ends."
        " To keep applications of its host out for good, name it in the settings."
    ),
    none_selected=_("Please select the applications to revoke."),
    revoked=_("Applications revoked: ${count}."),
)
