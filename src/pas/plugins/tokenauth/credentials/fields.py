"""Fields of the options of credentials.

A kind declares its own with the sentences that people read about them. What JSON says
of them stands here; what pages, the command and mails make of them stands there.
Nothing here needs Zope: the command line knows its arguments before Zope starts.
"""

from ..core.scopes import READ
from ..core.times import moment
from ..core.times import serialize_time
from ..i18n import _
from ..site.errors import InvalidInput
from ..site.fields import from_json
from ..site.fields import is_string
from ..site.fields import member_of
from ..site.fields import to_json
from ..site.timezone import site_timezone
from collections.abc import Mapping
from typing import Any
from zope import schema
from zope.schema.vocabulary import SimpleTerm
from zope.schema.vocabulary import SimpleVocabulary

import json


TITLE_LENGTH = 100


class Title(schema.TextLine):
    """What people call a credential."""

    def __init__(
        self,
        description: str = _(
            "A name you will recognise, for instance that of the program and where it"
            " runs."
        ),
    ) -> None:
        super().__init__(
            title=_("Title"),
            description=description,
            max_length=TITLE_LENGTH,
            default="",
        )


class IPRanges(schema.TextLine):
    """Where a credential may be used from, see core.ipranges; empty for anywhere.

    :param required_description: what they mean where the site requires them
    :param no_address: what to say when the server does not see where a visitor is
    """

    def __init__(
        self,
        *,
        description: str = _(
            "Where it may be used from: addresses and networks, separated by commas,"
            " for instance 192.0.2.7, 2001:db8::/32. Leave it empty for anywhere."
            " Changes apply immediately, also to access tokens that are in use."
        ),
        required_description: str = _(
            "Where it may be used from: addresses and networks, separated by commas,"
            " for instance 192.0.2.7, 2001:db8::/32. This site's policy requires"
            " them. Changes apply immediately, also to access tokens that are in use."
        ),
        no_address: str = _(
            "The server cannot see your address. If the same is true for the"
            " program, IP ranges lock it out."
        ),
    ) -> None:
        super().__init__(
            title=_("IP ranges"), description=description, required=False, default=""
        )
        self.required_description = required_description
        self.no_address = no_address


class Expiry(schema.Float):
    """When a credential ends: seconds since the epoch, or None for never.

    :param limited: the description where the site allows ${days}
    :param day_description: what a day means in ${timezone}
    :param never_warning: what to think of before choosing never
    :param missing: what to say when nothing was chosen
    :param preferred_days: how long one lives where nobody says, if the site allows
        that long; None for ever
    """

    member = "expires"

    def __init__(
        self,
        *,
        description: str = _(
            "Its owner is reminded by e-mail before it ends, if the site sends mail."
        ),
        limited: str = _(
            "By this site's policy, it expires at most ${days} days after it was"
            " issued."
        ),
        day_description: str = _(
            "The last day; it ends when this day ends in the time zone of the site"
            " (${timezone})."
        ),
        never_warning: str = _(
            "Not recommended: whoever finds the secret in an old script or backup can"
            " use it, years from now. You can postpone the expiry at any time."
        ),
        missing: str = _("Please choose when it ends."),
        preferred_days: int | None = 365,
    ) -> None:
        super().__init__(title=_("Expiry"), description=description, required=False)
        self.limited = limited
        self.day_description = day_description
        self.never_warning = never_warning
        self.missing = missing
        self.preferred_days = preferred_days


class Scopes(schema.Tuple):
    """What a program may do at most: names of scopes."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(
            **{
                "title": _("What the program may do"),
                "description": _(
                    "Never more than the owner may do. Changes apply immediately."
                ),
                "value_type": schema.TextLine(),
                "default": (READ,),
                **attributes,
            }
        )


class Lines(schema.Tuple):
    """Some strings; a form has one on each line.

    :param argument: what the command line calls one of them
    """

    #: What suits most fields of a subclass.
    usual: Mapping[str, Any] = {}

    def __init__(self, **attributes: Any) -> None:
        chosen = {
            "value_type": schema.TextLine(),
            "required": False,
            "default": (),
            **self.usual,
            **attributes,
        }
        self.argument: str = chosen.pop("argument")
        super().__init__(**chosen)


class WebURLs(Lines):
    """Where browsers may be sent back to, see core.redirects; one at least."""

    usual = {
        "argument": "url",
        "title": _("URLs"),
        "description": _(
            "Where people come back to, one on each line, at most 20. Below a URL that"
            " ends with a slash every page is meant, like https://shop.example.org/;"
            " any other is compared to the last character."
        ),
        "max_length": 20,
    }


class Users(Lines):
    """Ids of users."""

    usual = {
        "argument": "user",
        "title": _("For users"),
        "description": _(
            "Ids of users, one on each line, who can log in there. Leave users and"
            " groups empty for everybody."
        ),
        "max_length": 50,
    }


class Groups(Lines):
    """Ids of groups."""

    usual = {
        "argument": "group",
        "title": _("For groups"),
        "description": _(
            "Ids of groups, one on each line, whose members can log in there as well."
        ),
        "max_length": 50,
    }


class Switch(schema.Bool):
    """Something that is on or off.

    :param permission: what the owner and who turns it on must both have; empty where
        anybody may
    :param protects: whether it lets a program do less when it is on
    :param sentence: what a mail says while it is on
    """

    def __init__(
        self,
        *,
        permission: str = "",
        protects: bool = False,
        sentence: str = "",
        default: bool = False,
        **attributes: Any,
    ) -> None:
        super().__init__(required=False, default=default, **attributes)
        self.permission = permission
        self.protects = protects
        self.sentence = sentence


class OptionalLine(schema.TextLine):
    """A line that may be empty, and is then an empty string."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(required=False, default="", **attributes)


class PublicKeyText(schema.Text):
    """A public key as PEM, JWK or in the format of OpenSSH.

    Somebody may give a private key instead: it must not be shown, logged or kept.
    """

    is_sensitive = True

    def __init__(self, **attributes: Any) -> None:
        super().__init__(required=False, default="", **attributes)


def vocabulary_of(titles: Mapping[Any, str]) -> SimpleVocabulary:
    """Values to choose from, with what people read about each."""
    return SimpleVocabulary(
        [SimpleTerm(value, str(value), title) for value, title in titles.items()]
    )


@from_json.register
def _expiry_from_json(field: Expiry, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, str):
        try:
            return moment(value, site_timezone())
        except ValueError:
            pass
    raise InvalidInput(
        member_of(field),
        _(
            "This must be null, a day like 2030-12-31, or a time with an offset like"
            " 2030-12-31T18:00:00+01:00."
        ),
    )


@from_json.register
def _ranges_from_json(field: IPRanges, value: Any) -> str:
    if not isinstance(value, list) or not all(map(is_string, value)):
        raise InvalidInput(member_of(field), _("This must be a list of strings."))
    # An empty one would mean anywhere.
    if any("," in each or not each.strip() for each in value):
        raise InvalidInput(
            member_of(field), _("Each of these must be one address or network.")
        )
    return ", ".join(value)


@to_json.register
def _ranges_to_json(field: IPRanges, value: str) -> list[str]:
    return value.split(", ") if value else []


@to_json.register
def _expiry_to_json(field: Expiry, value: float | None) -> str | None:
    return serialize_time(value)


@from_json.register
def _public_key_from_json(field: PublicKeyText, value: Any) -> str:
    name = member_of(field)
    text = _jwk(name, value) if isinstance(value, dict) else value
    if not is_string(text):
        raise InvalidInput(name, _("This must be a string."))
    # Who means to give a key must not get one of ours instead.
    if not text.strip():
        raise InvalidInput(name, _("There is no key here."))
    return text


def _jwk(name: str, value: dict[str, Any]) -> str:
    try:
        return json.dumps(value)
    except RecursionError:
        raise InvalidInput(name, _("This is no public key.")) from None
