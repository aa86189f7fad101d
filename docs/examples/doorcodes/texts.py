"""What people read about door codes."""

from pas.plugins.tokenauth.credentials.texts import KindTexts


TEXTS = KindTexts(
    name="Door code",
    name_of_all="Door codes",
    id_label="Number",
    list_title="Door codes",
    back_label="Back to my door codes",
    description="Codes that open doors",
    introduction="With a door code you get in without a key.",
    issue_title="Issue a door code",
    issue_description="You get the code once, on the next page.",
    issue_label="Issue door code",
    edit_title="Edit door code",
    revoke_title="Revoke door codes?",
    revoke_title_of_one="Revoke door code?",
    consequences="They open no door any more.",
    consequences_of_one="It opens no door any more.",
    revoked="Door codes revoked: ${count}.",
    entries="One entry for each time the door was opened, for ${days} days.",
    issued_subject="${site}: a door code for you",
    issued_opening="A door code was issued for you in “${site}”.",
    changed_subject="${site}: a door code of yours was changed",
    changed_opening="Somebody else changed a door code of yours in “${site}”.",
    one_expires_subject="${site}: a door code expires soon",
    one_expires_opening="One of your door codes in “${site}” expires soon.",
    some_expire_subject="${site}: ${count} door codes expire soon",
    some_expire_opening="${count} of your door codes in “${site}” expire soon.",
    keep_going="To get in for longer, give the code a later expiry:",
)
