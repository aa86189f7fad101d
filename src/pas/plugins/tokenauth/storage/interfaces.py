"""Contracts of what is kept in the database.

Storage knows no users, no permissions and no clock: rules live in the services,
and every time is a parameter in seconds since the epoch.
"""

from zope.interface import Attribute
from zope.interface import Interface


class ICredential(Interface):
    """Something by which a program is authenticated, with options of its owner."""

    kind = Attribute("Name of its kind")
    credential_id = Attribute("Identifier, unique among all credentials of the site")
    client_id = Attribute("Id of the client that has it; most are their own client")
    owner = Attribute("User id of the owner; empty where it belongs to the site")
    acts_as = Attribute("User id as whom it acts by itself, or empty: the owner's")
    title = Attribute("A name by which the owner recognises it")
    name = Attribute("Name by which a program finds it among its owner's, or empty")
    ip_ranges = Attribute("Where it may be used from, see core.ipranges")
    scopes = Attribute("Names of what it is good for at most, as a tuple")
    issued_at = Attribute("When it was issued")
    issued_by = Attribute("Who issued it, as the records name them; empty: the owner")
    made_with = Attribute(
        "Id of the credential with which a program had it issued, or an empty string"
    )
    secret_made_at = Attribute("When the secret was made that its program has now")
    expires_at = Attribute("When it ends by itself, or None")
    revoked_at = Attribute("When it was revoked, or None")
    revoked_by = Attribute("Who revoked it, as records name them, or an empty string")
    disabled_at = Attribute("When it was disabled, or None while it is enabled")
    disabled_by = Attribute("Who disabled it, as records name them, or an empty string")
    withheld_by = Attribute("Who keeps disabled what its owner has disabled, or empty")
    owned_since = Attribute("When it came to its owner; None for when it was issued")
    orphaned_at = Attribute("When the owner was found to be gone for good, or None")
    is_forgotten = Attribute("Whether it was removed from among the others")
    has_ended = Attribute("Whether it stays as it is: revoked, orphaned or forgotten")
    owner_missing_since = Attribute("When no source knew the owner any more, or None")
    may_impersonate = Attribute("Whether it may act as other users")
    used_at = Attribute("When it was used, at most USED_GRAIN too early; 0 for never")
    networks = Attribute("From where it was used lately: networks, and when at last")
    told_of_address_at = Attribute("When its owner was told of a new one; 0 for never")
    kids_used_at = Attribute("When each key of its own was used, by its kid")
    reminded = Attribute("The expiry its owner was reminded of and days left, or None")

    def is_current(now):
        """Whether it has neither expired nor ended: it counts, and keeps its name."""

    def is_live(now):
        """Whether it is of any use at this time: current, and not disabled."""


class IRefreshFamily(Interface):
    """The refresh tokens of one sign-in, of which one at a time is good."""

    family_id = Attribute("Names it among those of the authorization")
    name = Attribute(
        "The first bytes of its name, see core.refreshtokens.family_name()"
    )
    authorization = Attribute("The Authorization that it hangs on")
    scope = Attribute("What its tokens are good for at most, as one string")
    data = Attribute("What features have kept with the code, by their names")
    started_at = Attribute("When the application was signed in")
    expires_at = Attribute("When it ends, however often it is used")
    used_at = Attribute("When one of its tokens was used last")
    address = Attribute("From where that was, or an empty string")
    user_agent = Attribute("How the client called itself then")
    ended_at = Attribute("When it was ended, or None")
    ended_by = Attribute("Who ended it, as records name them, or an empty string")
    has_ended = Attribute("Whether it was ended")

    def note_use(address, user_agent, now):
        """Note when, from where and by what client one of its tokens is used."""

    def is_current(token):
        """Whether a token is the one that is good."""

    def redeem(token, successor, nonce, now):
        """The token that is good from now on, for who has the current one.

        That is the successor, which is kept sealed under its predecessor, with a nonce
        of 12 random bytes. For REPEAT_WINDOW seconds, and until the successor is used,
        whoever comes with the predecessor again gets the same; nothing is written then.
        Two transactions that redeem the current token conflict.

        :returns: None for any other token, which had its successor before
        """

    def keeps_access_token(now):
        """Whether it keeps an access token that is issued now, as one of a few.

        It does so while it is written anyway, because its refresh token is used: who
        asks for the same again must not conflict.
        """

    def add_access_token(digest, token):
        """Keep an AccessToken of its authorization, for the site or its resource."""

    def access_token(digest, now):
        """The access token that it keeps and that has not expired, or None."""

    def remove_access_token(digest):
        """Forget an access token. Harmless where there is none."""

    def end(ended_by, now):
        """End it at once. Leaves one that has ended as it is."""


class ICredentialIndex(Interface):
    """What the credentials of one kind are listed by.

    It knows each by a number. What it answers with are sets of the BTrees package, or
    what these take.
    """

    all = Attribute("The numbers of all")

    def free_number(credential_id):
        """A number for a new one, which no other has."""

    def change(number, before, after):
        """Note that an index.Entry is another now; None for none at all."""

    def values(facet):
        """The values of one of FACETS that any has, as a list."""

    def having(facet, *values):
        """Those that have one of these values of a facet."""

    def before(time, when):
        """Those whose value in one of TIMES is less than this."""

    def with_words(text, numbers):
        """Those of some whose title, owner, name or id has this, in small letters."""

    def first(order, numbers, stop, descending):
        """The first of these in an order, `stop` at most, as pairs of value and number.

        Those with the smallest values come first, or with the largest.
        """


class ICredentials(Interface):
    """All credentials of one kind in the site, found by id and by owner."""

    index = Attribute("ICredentialIndex")

    def add(credential):
        """Keep a new one. Raises KeyError when its id is taken."""

    def get(credential_id):
        """The one with this id, or None."""

    def numbered(number):
        """The one with this number in the index. Raises KeyError without one."""

    def all():
        """Every one, in no particular order."""

    def owned_by(owner):
        """Those of a user, in no particular order."""

    def owners():
        """User ids of everybody who has one."""

    def mark_revoked(credential_id, revoked_by, now):
        """End one at once, keep it as evidence. Leaves a revoked one as it is.

        Raises KeyError when there is no such credential.
        """

    def transfer(credential_id, owner, now):
        """Let one belong to another user.

        Raises KeyError when there is no such credential.
        """

    def mark_orphaned(owner, now):
        """End all those of a user for good, whoever gets this user id later."""

    def ended_before(when):
        """Ids of those that were revoked or orphaned before this time."""

    def remove(credential_id):
        """Forget one. Raises KeyError when there is no such credential."""


class IExpiringStore(Interface):
    """A store of what ends by itself."""

    def drop_expired(now):
        """Drop what has ended, whole groups of it without looking at each."""


class IRefreshFamilies(IExpiringStore):
    """Families of refresh tokens. Nothing here can be presented as a token."""

    def add(name, family):
        """Keep a family until it expires, see core.refreshtokens.family_name()."""

    def get(name, now):
        """The family of this name if it has not expired, or None."""

    def starting_with(start, now):
        """The same, for the first bytes of its name, see start_of_name()."""


class IOpenToTokens(Interface):
    """Marks a store that requests with a token may change, through services for it."""


class ISession(Interface):
    """The session of a person in one browser, for protocols that end it elsewhere too.

    Plone has its own, in a cookie alone; this is what the site knows besides.
    """

    digest = Attribute("Digest of what the cookie of the browser holds")
    user_id = Attribute("Whose session it is")
    auth_time = Attribute(
        "When the person last proved who they are, in seconds since the epoch; None"
        " when nobody knows"
    )
    methods = Attribute("How, as a tuple of names of RFC 8176; empty when nobody knows")
    has_ended = Attribute("Whether the person has logged out, or is gone")

    def join(protocol, name, member):
        """Keep what a protocol needs to know of another site that takes part.

        What is there under the name is replaced. Of more than 100 of one protocol the
        first goes; before the others the first about which nothing is kept.

        :param member: a small mapping of strings and numbers, empty for nothing
        """

    def members(protocol):
        """What a protocol keeps, as a mapping by name in the order of joining."""


class IStoreFactory(Interface):
    """Makes a store, which keeps what a feature has, when there is none in a site.

    A named utility; the name is that of the store, and of the kind where the store is
    an ICredentials.
    """

    def __call__():
        """Make an empty store, a persistent object."""
