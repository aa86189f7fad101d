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


class IServiceKey(ICredential):
    """A client identity owned by a user."""

    require_jti = Attribute("Whether its grants must carry a jti")
    public_keys = Attribute("Tuple of core.keys.PublicKey, one to three")
    newest_public_key = Attribute("That of the newest key pair")

    def live_public_keys(now):
        """The public keys that verify grants at this time, as a tuple."""


class IPersonalAccessToken(ICredential):
    """A personal access token: the secret itself is sent with every request."""

    secrets = Attribute("What is kept of its secrets, as a tuple; the newest is last")
    newest_secret = Attribute("The newest of them")

    def secret(digest):
        """The one with this digest. Raises StopIteration where there is none."""


class IRegisteredApplication(ICredential):
    """A client that an administrator has registered; it belongs to the site."""

    authentication = Attribute("How it authenticates itself, see applications")
    redirect_uris = Attribute("Where people may be sent back to, as a tuple")
    allowed_schemes = Attribute("Schemes without a dot that these may have")
    default_scopes = Attribute("Names of the scopes it gets where it names none")
    groups = Attribute("Ids of the groups it is for, as a tuple; none for everybody")
    runs_as = Attribute("User id as whom it acts by itself; empty where it cannot")
    is_first_party = Attribute("Whether people are not asked")
    requires_pkce = Attribute("Whether it must use PKCE although it is confidential")
    stays_signed_in = Attribute("Whether it gets refresh tokens without asking")
    uses_passwords = Attribute("Whether it may send passwords of people")
    uses_implicit_grant = Attribute("Whether it may get tokens in the URL")
    uses_device_codes = Attribute("Whether people can let it in by a device code")
    id_token_signed_response_alg = Attribute("Algorithm by which the site signs for it")
    subject_type = Attribute("Whether it knows people by names of its own: pairwise")
    claims_in_id_token = Attribute("Whether ID tokens hold the claims of scopes")
    post_logout_redirect_uris = Attribute(
        "Where people may be sent back to who log out, as a tuple"
    )
    backchannel_logout_uri = Attribute("Where it hears of a log-out, or empty")
    frontchannel_logout_uri = Attribute("Where a browser tells it so, or empty")
    resource = Attribute("URL by which tokens can be for it; empty where none are")
    resource_scopes = Attribute("Scopes of that, as a tuple: name, space, sentence")
    may_exchange = Attribute("Whether it exchanges such tokens for those of the site")
    is_open = Attribute("Whether clients that registered themselves get its scopes")
    secrets = Attribute("What is kept of its secrets, as a tuple")
    public_keys = Attribute("Tuple of core.keys.PublicKey")

    def live_secrets(now):
        """The secrets that authenticate it at this time, as a tuple."""

    def live_public_keys(now):
        """The public keys that verify what it signs at this time, as a tuple."""

    def secret_of(digest, now):
        """The live secret that has this digest, None where it is none of them."""


class IPartner(ICredential):
    """Somebody with whom the site shares a secret for signatures; see partners."""

    purpose = Attribute("What its signatures are for: login, views or outgoing")
    algorithm = Attribute("The hash of its signatures")
    extras = Attribute("Names of what is signed besides the user, as a tuple")
    max_lifetime = Attribute("Seconds for which a signature may be valid")
    users = Attribute("Ids of the users it may log in, as a tuple")
    groups = Attribute("Ids of the groups whose members it may log in, as a tuple")
    creates_users = Attribute("Whether users that nobody knows are created")
    landing = Attribute("Path below the site where people get to")
    urls = Attribute("Where signed URLs may lead, as a tuple")
    secrets = Attribute("Tuple of sharedsecrets.SharedSecret, the newest is last")


class ISimpleSSOConsumer(ICredential):
    """A web site with django-simple-sso that lets people log in here."""

    urls = Attribute("Where people come back to, as a tuple")
    users = Attribute("Ids of the users it is for, as a tuple; none for everybody")
    groups = Attribute("Ids of the groups it is for, as a tuple")
    tells_login_name = Attribute("Whether it knows people by login name, not user id")
    secrets = Attribute("Tuple of sharedsecrets.SharedSecret, the newest is last")


class IAuthorization(ICredential):
    """What a person has authorized an application to do."""

    application = Attribute("Id of the client")
    resource = Attribute("What it is for (RFC 8707); empty for the site itself")
    claims = Attribute("Names of what it learns about the person, as a tuple")
    targets = Attribute(
        "Where the person has read that they continue (core.redirects.shown_target), as"
        " a tuple"
    )
    address = Attribute("From where it was authorized, or an empty string")
    families = Attribute("Its IRefreshFamily objects, also ended ones, as a tuple")


class IRefreshFamily(Interface):
    """The refresh tokens of one sign-in, of which one at a time is good."""

    family_id = Attribute("Names it among those of the authorization")
    name = Attribute(
        "The first bytes of its name, see core.refreshtokens.family_name()"
    )
    authorization = Attribute("The IAuthorization that it hangs on")
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


class IServiceKeys(ICredentials):
    """All service keys of the site."""


class IPersonalAccessTokens(ICredentials):
    """All personal access tokens of the site."""

    def by_digest(digest):
        """The one that has a secret with this digest, or None."""

    def change_secrets(credential, secrets):
        """Let one have these secrets, as a tuple, the newest last."""


class IApplications(ICredentials):
    """All applications of the site; those "of a user" are those that act as the user.

    When the user is gone, they go on for everybody else, and cannot act by themselves.
    """


class IAuthorizations(ICredentials):
    """All authorizations of the site."""

    def newest(owner, application, resource):
        """The last that a user has given an application for a resource, or None."""

    def of_application(application):
        """The last that each user has given an application for each resource."""


class IExpiringStore(Interface):
    """A store of what ends by itself."""

    def drop_expired(now):
        """Drop what has ended, whole groups of it without looking at each."""


class IRegistration(ICredential):
    """An application that has registered itself."""

    document = Attribute("URL of the document about it; empty where there is none")
    redirect_uris = Attribute("Where people may be sent back to, without a document")
    address = Attribute("Of whoever has registered it, or has allowed it first")
    hosts = Attribute("By which people know it, as a tuple; its name lists them")


class IRegistrations(ICredentials, IExpiringStore):
    """All applications that have registered themselves.

    What nobody has allowed anything is unused, and is forgotten after 30 days.
    """

    def make_room(maximum, is_needed):
        """Forget the oldest until there are less than that many live ones.

        First those that are unused, then others that nobody needs any more.

        :param is_needed: whether one must not be forgotten that somebody has used
        :returns: whether there are less
        """


class IAuthorizationCodes(IExpiringStore):
    """Authorization codes by digest. Nothing here can be presented as a code."""

    def add(digest, code, now):
        """Keep the record of an issued code."""

    def get(digest, now):
        """The record of a code, also of one that has expired a while ago; or None."""

    def use(digest, made, code, now):
        """Note that a code was used, and what was made of it.

        Raises KeyError when it was used before. Two transactions that use the same code
        conflict.

        :param made: the IRefreshFamily that has begun, or the digest of an access token
            without one, or None
        """

    def is_used(digest, now):
        """Whether a code was used."""

    def made_of(digest, now):
        """What was made of a used code, see use()."""


class IRefreshFamilies(IExpiringStore):
    """Families of refresh tokens. Nothing here can be presented as a token."""

    def add(name, family):
        """Keep a family until it expires, see core.refreshtokens.family_name()."""

    def get(name, now):
        """The family of this name if it has not expired, or None."""

    def starting_with(start, now):
        """The same, for the first bytes of its name, see start_of_name()."""


class IDeviceRequests(IExpiringStore):
    """Requests of devices by digest of their code, see devicerequests."""

    def add(digest, user_code, request):
        """Keep a DeviceRequest.

        Raises KeyError when one that waits has the same user code, of which this is
        the digest.
        """

    def get(digest, now):
        """The request, also one that has expired a while ago; or None."""

    def waiting(user_code, now):
        """Digest of the request that waits for an answer, by its user code; or None."""

    def answer(digest, request, answer, now):
        """Keep what a person has answered, a DeviceAnswer.

        Raises KeyError when there is an answer. Two transactions that answer the same
        request conflict.
        """

    def answer_of(digest, now):
        """What a person has answered, None where nobody has."""

    def use(digest, request, made, now):
        """Note that the code was used, and what came of it: see IDelegation.end.

        Raises KeyError when it was used before. Two transactions that use the same code
        conflict.
        """

    def made_of(digest, now):
        """What came of a code that was used, None for one that was not."""


class ISimpleSSOTokens(IExpiringStore):
    """Tokens of django-simple-sso by digest. Nothing here can be presented as one."""

    def add(digest, token, expires_at, now):
        """Keep a simplesso.SimpleSSOToken until a time."""

    def get(digest, now):
        """What is known of one that has not expired, or None."""

    def take(digest, now):
        """The same, and forget it. Two transactions that take one conflict."""


class ISignedLink(ICredential):
    """A URL that shows one object, without a log-in."""

    digest = Attribute("Digest of the token in the URL, see core.tokens")
    uid = Attribute("UID of the object")
    action = Attribute("view or download")
    password = Attribute("What is kept of its password; empty where it has none")
    max_uses = Attribute("How often it can be used, or None")
    uses = Attribute("A UseCount; it counts only where there is a maximum")
    is_used_up = Attribute("Whether it was used as often as it can be")
    shows_title = Attribute("Whether its page names the object before it is opened")
    wrong_passwords = Attribute("Since when passwords were wrong, and how many")


class ISignedLinks(ICredentials):
    """All signed links of the site."""

    def by_digest(digest):
        """The one whose token has this digest, or None."""

    def numbers_of(uid):
        """Numbers of those that lead to an object, see numbered(), as a list."""

    def of_object(uid):
        """Those that lead to an object, in no particular order."""


class IOpenToTokens(Interface):
    """Marks a store that requests with a token may change, through services for it."""


class IAccessTokens(IExpiringStore, IOpenToTokens):
    """Access tokens by digest. Nothing here can be presented as a token."""

    def add(digest, token):
        """Keep the record of an issued token."""

    def get(digest, now):
        """The record of a token that has not expired, or None."""

    def remove(digest):
        """Forget a token before it expires. Harmless where there is none."""


class ISignedLinkVisits(IExpiringStore):
    """Who has opened a signed link sees the object for a while."""

    def add(digest, link, now, expires_at):
        """Keep a visit, by the digest of what the cookie of the visitor holds."""

    def get(digest, now):
        """The link of a visit that has not expired, or None."""


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


class ISessions(IExpiringStore):
    """The sessions of a site, by the digest of what the cookie holds."""

    def add(session, now):
        """Keep a session, for 30 days."""

    def get(digest, now):
        """A session, or None."""

    def remove(session):
        """Forget a session. Harmless when it is forgotten."""

    def of_user(user_id, now):
        """The sessions of a user, as a list; looks at all there are."""

    def users(now):
        """The ids of all who have a session, as a set."""


class IReplaySet(IExpiringStore, IOpenToTokens):
    """Identifiers (`jti`) that were used, until their grants expire."""

    def add(client_id, jti, expires_at, now):
        """Note the use of an identifier.

        Raises core.errors.InvalidGrant when it was used before. Two
        transactions that add the same identifier of the same grant conflict.
        """


class IUsageLog(IOpenToTokens):
    """One entry for every time a credential obtained an access token."""

    def add(entry, unique):
        """Keep an entry.

        `unique` are bytes that tell it from others of the same moment; they
        also choose the place it is written to, see lane().
        """

    def lane():
        """The first byte of `unique` by which this connection conflicts with no other.

        A connection whose transaction is aborted, because it conflicted all the same,
        moves to another lane.
        """

    def entries(credential_id, since=0, until=float("inf")):
        """Entries of one credential from a time on until another, the newest first."""

    def everybodys(since, until):
        """Entries of all credentials from a time on until another, the newest first."""

    def summary(credential_id, since):
        """What one credential was used from and with, from a time on.

        Two mappings, of addresses and of user agents, to usagelog.Seen.
        """

    def keep_newest(credential_id, number):
        """Remove all but so many entries of a credential."""

    def count(credential_id, since, before):
        """How many entries one credential has from a time on, before another time."""

    def uses(credential_id, since, before):
        """How many uses these entries stand for."""

    def newest(credential_id):
        """The newest entry of a credential, or None."""

    def remove_older(credential_id, before, limit):
        """Remove at most `limit` entries older than a time, but never the newest.

        Returns how many were removed.
        """

    def remove_all(credential_id):
        """Remove every entry of a credential."""


class ICASService(ICredential):
    """A web site that logs people in by CAS; it belongs to the site."""

    urls = Attribute("Where tickets are sent, as a tuple; see core.redirects")
    users = Attribute("Ids of the users it is for, as a tuple")
    groups = Attribute("Ids of the groups it is for, as a tuple; see site.userlimits")
    attributes = Attribute("What it learns about people, as a tuple; see cas")
    tells_login_name = Attribute("Whether it knows people by login name, not by id")
    stays_logged_in = Attribute("Whether it is not told when people log out")


class ICASTickets(IExpiringStore):
    """Service tickets by digest. Nothing here can be presented as a ticket."""

    def add(digest, ticket, now):
        """Keep the record of an issued ticket, a cas.ServiceTicket."""

    def take(digest, now):
        """The record of a ticket that has not expired, which is forgotten; or None.

        Two transactions that take the same ticket conflict.
        """


class ISigningKeys(Interface):
    """Keys with which the site signs; one object, so that two changes conflict."""

    keys = Attribute("Tuple of signingkeys.StoredSigningKey, in no particular order")


class ISubjects(Interface):
    """Identifiers by which other sites know people; each is given once, and no more.

    One that is for a single client is kept under its `sector`; that of all others is
    the empty string.
    """

    def add(user_id, sector, subject):
        """Keep the identifier of a user.

        Raises KeyError when there is one, or it is or was that of another user.
        """

    def get(user_id, sector):
        """The identifier of a user, None where there is none."""

    def user_of(subject):
        """Whose identifier it is or was, None for one that was never given."""

    def forget(user_id):
        """Never take a later user of this id for the one who is gone."""

    def users():
        """The ids of all who have an identifier, as a set."""


class IMissingUsers(Interface):
    """Users whom no source knows any more."""

    def note(user_id, now):
        """Since when a user is missing: since now, if nobody has missed them before.

        :returns: seconds since the epoch
        """

    def keep(user_ids):
        """Forget all others: they are back, or gone for good."""


class IStoreFactory(Interface):
    """Makes a store, which keeps what a feature has, when there is none in a site.

    A named utility; the name is that of the store, and of the kind where the store is
    an ICredentials.
    """

    def __call__():
        """Make an empty store, a persistent object."""


class ITokenAuthStorage(Interface):
    """Everything this package keeps in the database of a site: a store for each name.

    Those of the package itself are service_key (IServiceKeys), personal_access_token
    (IPersonalAccessTokens), access_tokens (IAccessTokens), replay (IReplaySet),
    usage_log and refusal_log (IUsageLog).
    """

    kinds = Attribute("Mapping of kinds of credentials to their ICredentials")
    expiring = Attribute("Every IExpiringStore, as a list")

    def __getitem__(name):
        """The store of a name. Raises KeyError where there is none."""

    def stores(interface):
        """The stores whose classes implement an interface, by name."""

    def add_missing(factories):
        """Make the stores that are missing, from pairs of name and IStoreFactory."""

    def credential(credential_id):
        """The credential of any kind with this id, or None."""
