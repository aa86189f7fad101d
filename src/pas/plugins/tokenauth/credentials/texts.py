"""What people read about a kind of credential."""

from ..i18n import _
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class CommonTexts:
    """The sentences that can do without the name of the kind.

    They are translatable; variables are in braces.

    :param name: what one is called
    :param name_of_all: what all are called
    :param id_label: what its id is called
    :param name_label: what its name is called, for those that have one
    :param copy_label: what a button says that copies the id
    :param issued_already: that a form was sent twice
    :param ended: that it cannot be changed any more
    :param somebody_elses: that somebody else's can only be tightened
    :param too_long: of ${days} that are allowed
    :param too_many: of the ${maximum} that is allowed
    :param must_end: that it must expire
    :param name_taken: that another one has its name
    :param rotated_already: that the form was sent twice
    :param locked: that those of ${owner} can only be tightened
    :param of_other: that ${owner} is told of changes
    :param revoke_title: of the page that asks whether to revoke several
    :param revoke_title_of_one: the same for one
    :param consequences: of revoking several
    :param consequences_of_one: of revoking one
    :param none_selected: when there is nothing to revoke
    :param revoked: of the ${count} that were revoked
    :param entries: what an entry of the usage log stands for, kept for ${days}
    :param entries_of_minutes: the same, where it stands for the uses in ${minutes};
        empty where each stands for one use
    :param unused: when there is no entry
    :param keep_going: how a program is kept from being locked out; a link follows
    :param used_from: that it can be used from ${ip_ranges} only
    :param used_from_anywhere: that it can be used from anywhere
    :param surprise: what to do about a mail that nobody expects
    """

    name: str
    name_of_all: str
    id_label: str = _("Id")
    name_label: str = _("Name")
    copy_label: str = _("Copy the id")
    issued_already: str = _("It was issued already, and cannot be shown again.")
    ended: str = _("It has ended and can no longer be changed.")
    somebody_elses: str = _(
        "It belongs to somebody else: you may only tighten its limits."
    )
    too_long: str = _(
        "By this site's policy, it expires at most ${days} days after it was issued."
    )
    too_many: str = _(
        "This site's policy allows at most ${maximum} of these per user. Revoke one"
        " first."
    )
    must_end: str = _("This site's policy requires an expiry.")
    name_taken: str = _("The user has a live one of this name already.")
    rotated_already: str = _("It was rotated already, and cannot be shown again.")
    locked: str = _("It belongs to ${owner}: you may only tighten its limits.")
    of_other: str = _(
        "It belongs to ${owner}, who is told by e-mail when you change it, if the site"
        " sends mail."
    )
    revoke_title: str = _("Revoke?")
    revoke_title_of_one: str = _("Revoke?")
    consequences: str = _(
        "Programs that use them are locked out immediately. This cannot be undone."
    )
    consequences_of_one: str = _(
        "Programs that use it are locked out immediately. This cannot be undone."
    )
    none_selected: str = _("Please select what to revoke.")
    revoked: str = _("Revoked: ${count}.")
    entries: str = _(
        "One entry for each use. Entries are kept for ${days} days, the newest one for"
        " longer."
    )
    entries_of_minutes: str = ""
    unused: str = _("It has not been used yet.")
    keep_going: str = _(
        "To keep the program running, choose a later expiry, or issue a new one in"
        " time:"
    )
    used_from: str = _("It can be used from ${ip_ranges} only.")
    used_from_anywhere: str = _("It can be used from anywhere.")
    surprise: str = _(
        "If this surprises you, revoke it immediately and tell an administrator of"
        " the site."
    )


@dataclass(frozen=True, kw_only=True)
class KindTexts(CommonTexts):
    """The sentences of one kind; those of forms and mails that it lacks are empty.

    :param list_title: what the list of one's own is called
    :param back_label: what a link to that list says
    :param description: what they are, below the title of the list
    :param introduction: what they are good for, for who has none
    :param issue_title: heading of the form for a new one
    :param issue_description: what comes after it
    :param issue_label: what its button says
    :param issue_title_for_other: heading of the form for a new one of another user
    :param issue_description_for_other: what comes after that
    :param rotate_title: heading and button of the form for a new secret
    :param rotation: what becomes of the ${title} then
    :param rotation_for_other: the same for that of ${owner}; empty where nobody owns it
    :param edit_title: heading of the form that changes one
    :param issued_subject: subject of the mail to the owner, from the ${site}
    :param issued_opening: how that mail begins
    :param changed_subject: of the mail about a change
    :param changed_opening: likewise
    :param rotated_subject: of the mail about a new secret
    :param rotated_opening: likewise
    :param one_expires_subject: of the mail about one that expires soon
    :param one_expires_opening: likewise
    :param some_expire_subject: of the mail about ${count} that do
    :param some_expire_opening: likewise
    """

    list_title: str
    back_label: str
    description: str
    introduction: str
    issue_title: str = ""
    issue_description: str = ""
    issue_label: str = ""
    issue_title_for_other: str = ""
    issue_description_for_other: str = ""
    rotate_title: str = ""
    rotation: str = ""
    rotation_for_other: str = ""
    edit_title: str
    issued_subject: str = ""
    issued_opening: str = ""
    changed_subject: str = ""
    changed_opening: str = ""
    rotated_subject: str = ""
    rotated_opening: str = ""
    one_expires_subject: str = ""
    one_expires_opening: str = ""
    some_expire_subject: str = ""
    some_expire_opening: str = ""
