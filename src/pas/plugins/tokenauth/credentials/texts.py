"""What people read about a kind of credential."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class KindTexts:
    """The sentences of one kind, translatable; variables are in braces.

    :param name: what one is called
    :param name_of_all: what all are called
    :param id_label: what its id is called
    :param copy_label: what a button says that copies the id
    :param issued_already: that a form was sent twice
    :param ended: that it cannot be changed any more
    :param somebody_elses: that somebody else's can only be tightened
    :param too_long: of ${days} that are allowed
    :param too_many: of the ${maximum} that is allowed
    :param must_end: that it must expire
    :param name_taken: that another one has its name
    :param list_title: what the list of one's own is called
    :param back_label: what a link to that list says
    :param description: what they are, below the title of the list
    :param introduction: what they are good for, for who has none
    :param issue_title: heading of the form for a new one
    :param issue_description: what comes after it
    :param issue_label: what its button says
    :param issue_title_for_other: heading of the form for a new one of another user;
        empty where there is no such form
    :param issue_description_for_other: what comes after that
    :param rotate_title: heading and button of the form for a new secret, where there
        can be one
    :param rotation: what becomes of the ${title} then
    :param rotation_for_other: the same for that of ${owner}
    :param rotated_already: that the form was sent twice
    :param edit_title: heading of the form that changes one
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
    :param issued_subject: subject of the mail to the owner, from the ${site}
    :param issued_opening: how that mail begins
    :param changed_subject: of the mail about a change
    :param changed_opening: likewise
    :param rotated_subject: of the mail about a new secret, where there can be one
    :param rotated_opening: likewise
    :param one_expires_subject: of the mail about one that expires soon
    :param one_expires_opening: likewise
    :param some_expire_subject: of the mail about ${count} that do
    :param some_expire_opening: likewise
    :param keep_going: how a program is kept from being locked out; a link follows
    :param used_from: that it can be used from ${ip_ranges} only
    :param used_from_anywhere: that it can be used from anywhere
    :param surprise: what to do about a mail that nobody expects
    """

    name: str
    name_of_all: str
    id_label: str
    copy_label: str
    issued_already: str
    ended: str
    somebody_elses: str
    too_long: str = ""
    too_many: str = ""
    must_end: str = ""
    name_taken: str = ""
    list_title: str
    back_label: str
    description: str
    introduction: str
    issue_title: str
    issue_description: str
    issue_label: str
    issue_title_for_other: str = ""
    issue_description_for_other: str = ""
    rotate_title: str = ""
    rotation: str = ""
    rotation_for_other: str = ""
    rotated_already: str = ""
    edit_title: str
    locked: str
    of_other: str
    revoke_title: str
    revoke_title_of_one: str
    consequences: str
    consequences_of_one: str
    none_selected: str
    revoked: str
    entries: str
    entries_of_minutes: str = ""
    unused: str
    issued_subject: str
    issued_opening: str
    changed_subject: str
    changed_opening: str
    rotated_subject: str = ""
    rotated_opening: str = ""
    one_expires_subject: str
    one_expires_opening: str
    some_expire_subject: str
    some_expire_opening: str
    keep_going: str
    used_from: str
    used_from_anywhere: str
    surprise: str
