"""Contracts: what a kind of credential declares, once for all that manages it."""

from dataclasses import dataclass
from zope.interface import Attribute
from zope.interface import Interface


#: What one can be found by. What is in one of TRAITS is active; otherwise they exclude
#: each other.
TRAITS = ("expiring", "unused", "never_expires", "anywhere", "administrative")
STATES = ("active", *TRAITS, "disabled", "expired", "revoked", "orphaned")
#: States that are for good.
ENDED = ("revoked", "orphaned")


#: The tagged value of a schema that holds its FieldGroups.
GROUPS = "groups"


@dataclass(frozen=True, kw_only=True)
class FieldGroup:
    """Fields that few need, which a form folds.

    :param title: what stands above them
    :param names: of the fields
    """

    title: str
    names: tuple[str, ...]


class IOptions(Interface):
    """The options of a credential, at issue and later.

    Each kind has its own schema with the fields `title`, `ip_ranges`, `expires_at` and
    `scopes`, see :mod:`.options`, and more of its own, some of them in a FieldGroup.
    """


class IMaterial(Interface):
    """What is asked besides the options when a credential is issued.

    It is not kept as it is given; each kind that asks for anything has its own schema.
    """


class IIssued(Interface):
    """A credential with a fresh secret, of which this is the only copy."""

    credential = Attribute("What the site keeps, an ICredential")
    members = Attribute("What a program gets, as members of a JSON object by name")
    text = Attribute("What a file for the secret holds")
    secret = Attribute("The secret, where an administrator hands it on; or empty")


class ICredentialKind(Interface):
    """A kind of credential: a utility whose name is what storage calls it."""

    name = Attribute("The name of the utility")
    is_known = Attribute("False where the add-on that brought it is gone")
    order = Attribute("A number; kinds with smaller ones come first")
    made_by = Attribute(
        "How one comes to be: form, administrator, object, consent or itself"
    )
    options = Attribute("Schema of the options, see IOptions")
    material = Attribute("Schema of what is asked besides at issue, see IMaterial")
    belongs_to_site = Attribute("Whether they belong to the site, and to no user")
    is_for_applications = Attribute(
        "Whether they can have the scopes that only applications ask for"
    )
    manage_own = Attribute("The permission to have some of one's own")
    manage_all = Attribute("The permission to see, tighten and revoke those of all")
    max_lifetime = Attribute("Name of the setting with the most days, or empty")
    max_per_user = Attribute("Name of the setting with the most per user, or empty")
    may_never_end = Attribute(
        "Name of the setting that lets them never expire, or empty"
    )
    rotation = Attribute(
        "Schema of what is asked when its secret is replaced; None if it cannot be"
    )
    secret_fields = Attribute(
        "Names of the attributes with what is kept of its secrets and keys, as a tuple;"
        " each is a tuple of dataclasses, see rotation.Secret"
    )
    is_bearer = Attribute("Whether its secret is the token that a program sends")
    password_setting = Attribute(
        "Name of the setting with a passwords.PasswordPolicy, or empty"
    )
    tells_of_own = Attribute(
        "Whether owners get a mail about what they have issued themselves, too"
    )
    page = Attribute("Name of the page that lists one's own; others begin with it")
    list_links = Attribute(
        "What a link below the list of one's own says, and the rest of the name of the"
        " page that it leads to: pairs"
    )
    issue_page = Attribute(
        "Name of the page that makes one, empty where it is `page` with `-issue`"
    )
    endpoint = Attribute("Name of the REST endpoint")
    id_member = Attribute("What the id is called in JSON")
    texts = Attribute("Its sentences for people, see .texts")

    def check_ready(site):
        """Refuse while the site lacks what a credential of this kind needs.

        Raises NotAllowed with the reason.
        """

    def check_may_issue(site, requester, now, owner=""):
        """Refuse unless the requester can issue one now.

        Raises NotAllowed with the reason, InvalidInput where there is no such owner.
        """

    def issue(
        site, requester, options, now, idempotency_key, *, material=None, owner=""
    ):
        """Issue one, and return it with its secret as IIssued.

        Raises NotAllowed, or InvalidInput for values that cannot be used.
        """

    def permission_to_widen(credential):
        """The permission that others than its owner need to rename or loosen one."""

    def check_options(decision, accepted):
        """Refuse options that do not go together.

        `accepted` are values by name, without those that cannot be used.
        Raises InvalidInput for all that is wrong.
        """

    def rotate(
        site, requester, credential, now, overlap=..., *, material=None, options=None
    ):
        """Give one another secret, and return it with that as IIssued.

        Raises NotAllowed, or InvalidInput for values that cannot be used.
        """

    def newest_secret(credential):
        """What the records say about its newest secret, by name."""

    def rotation_of(credential):
        """The schema of what is asked when the secret of this one is replaced.

        None if it cannot be.
        """

    def check_use(site, credential, subject, now):
        """Refuse a use of a token that belongs to one, besides what holds for all.

        Raises AccessRefused with the reason. Nothing that it asks may be cached.

        :param subject: the SiteUser that the token acts as
        """

    def may_obtain(site, credential, scopes):
        """Whether a client that asks again could get a token with these scopes.

        :param scopes: frozenset of names that a token of this credential lacks
        """

    def details(credential):
        """What JSON says about one besides its options, as members by name."""

    def sentences(credential, now, time):
        """What a mail says about one besides its options; `time` spells a time."""
