"""Taking over the service keys of ftw.tokenauth, so that its keyfiles go on working."""

from ..core.clock import DAY
from ..core.errors import KeyRefused
from ..core.ipranges import IPRangeError
from ..core.ipranges import normalized
from ..core.keys import RS256
from ..core.scopes import ADMIN
from ..core.scopes import WRITE
from ..core.text import cleaned
from ..core.uploads import uploaded_public_key
from ..credentials.fields import TITLE_LENGTH
from ..credentials.messages import ip_range_message
from ..credentials.messages import key_message
from ..credentials.scopes import is_administrative
from ..credentials.service import announce
from ..credentials.service import note
from ..events import IssuedEvent
from ..events import SettingsChangedEvent
from ..i18n import _
from ..permissions import IMPERSONATE_USER
from ..permissions import ISSUE_KEYS_FOR_OTHERS
from ..site.context import SiteContext
from ..site.errors import InvalidInput
from ..site.issuer import FormerTokenEndpoint
from ..site.issuer import is_token_endpoint
from ..site.requester import Requester
from ..site.requester import require_permission
from ..storage.servicekeys import ServiceKey
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from typing import Any
from zope.event import notify


#: How long grants for the URLs in the old keyfiles stay accepted.
FORMER_ENDPOINT_DAYS = 365
#: Seconds for which an imported key may administer; its owner can issue another.
ADMIN_LIFETIME = 365 * DAY
CLIENT_ID_LENGTH = 100


@dataclass(frozen=True, kw_only=True)
class RefusedRecord:
    """A record that could not be imported.

    :param client_id: as far as it could be read
    :param message: translatable message for people
    """

    client_id: str
    message: str


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What came of an import.

    :param imported: client ids of the keys that are new here
    :param unchanged: client ids of keys that were here before
    :param administrative: client ids of those of the new ones that administer, which
        end within a year
    :param refused: records that could not be used
    """

    imported: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    administrative: list[str] = field(default_factory=list)
    refused: list[RefusedRecord] = field(default_factory=list)


def import_service_keys(
    site: SiteContext,
    requester: Requester,
    records: Iterable[Mapping[str, Any]],
    now: float,
) -> ImportReport:
    """Import exported keys; those that are here already stay as they are.

    What the policies of the site say about new keys does not apply, but for
    administration: where the owner has an administrative role, the key may administer
    as it could before, for a year at most, unless the site does without that. A key may
    impersonate where its owner may, as it could before.

    :param records: mappings with client_id, user_id, title, issued, ip_range,
        public_key and token_uri
    :raises NotAllowed: when the requester may not issue keys for others
    """
    require_permission(requester, ISSUE_KEYS_FOR_OTHERS)
    report = ImportReport()
    endpoints = site.settings.former_token_endpoints
    imported = []
    for record in records:
        try:
            service_key = _read(site, record, now)
            endpoint = _text(record, "token_uri")
            is_new = _is_new(site, service_key)
        except InvalidInput as problem:
            refused = RefusedRecord(
                client_id=_shown(record.get("client_id")), message=problem.message
            )
            report.refused.append(refused)
            continue
        _accept_endpoint(site, endpoint, now)
        if not is_new:
            report.unchanged.append(service_key.client_id)
            continue
        site.storage["service_key"].add(service_key)
        imported.append(service_key)
        report.imported.append(service_key.client_id)
        if is_administrative(service_key.scopes):
            report.administrative.append(service_key.client_id)
        announce(IssuedEvent, service_key, requester, details={"imported": True})
    if imported:
        note("import", imported, requester)
    if site.settings.former_token_endpoints != endpoints:
        names = ("former_token_endpoints",)
        notify(SettingsChangedEvent(requester=requester.name, names=names))
    return report


def _read(site: SiteContext, record: Mapping[str, Any], now: float) -> ServiceKey:
    """The key of a record, not stored yet.

    :raises InvalidInput: when a member cannot be used
    """
    client_id = _text(record, "client_id")
    if not client_id or cleaned(client_id, CLIENT_ID_LENGTH) != client_id:
        raise InvalidInput("client_id", _("The client id cannot be used."))
    owner = site.users.get(_text(record, "user_id"))
    if owner is None:
        raise InvalidInput("user_id", _("There is no such user in this site."))
    issued_at = min(_time(record), now)
    try:
        public_key = uploaded_public_key(_text(record, "public_key"), issued_at, RS256)
        ip_ranges = normalized(_text(record, "ip_range"))
    except KeyRefused as refused:
        raise InvalidInput("public_key", key_message(refused)) from None
    except IPRangeError as error:
        raise InvalidInput("ip_range", ip_range_message(error)) from None
    administers = site.settings.allow_admin_scopes and bool(
        site.users.administrative_permissions(site.users.principal(owner))
    )
    return ServiceKey(
        client_id,
        owner=owner.user_id,
        title=cleaned(_text(record, "title"), TITLE_LENGTH) or client_id,
        public_key=public_key,
        issued_at=issued_at,
        ip_ranges=ip_ranges,
        expires_at=now + ADMIN_LIFETIME if administers else None,
        scopes=(ADMIN if administers else WRITE,),
        may_impersonate=site.users.has_permission(owner, IMPERSONATE_USER),
    )


def _is_new(site: SiteContext, service_key: ServiceKey) -> bool:
    if site.storage.credential(service_key.client_id) is None:
        return True
    known = site.storage["service_key"].get(service_key.client_id)
    kids = {public_key.kid for public_key in known.public_keys} if known else set()
    if (
        known is None
        or known.owner != service_key.owner
        or service_key.public_keys[0].kid not in kids
    ):
        raise InvalidInput(
            "client_id", _("Another key has this client id in this site.")
        )
    return False


def _accept_endpoint(site: SiteContext, url: str, now: float) -> None:
    """Accept grants that are addressed to the URL in the old keyfile."""
    settings = site.settings
    known = {endpoint.url for endpoint in settings.former_token_endpoints}
    if url in known or url == site.token_endpoint or not is_token_endpoint(url):
        return
    today = datetime.fromtimestamp(now, timezone.utc).date()
    endpoint = FormerTokenEndpoint(url, today + timedelta(days=FORMER_ENDPOINT_DAYS))
    settings.former_token_endpoints += (endpoint,)


def _time(record: Mapping[str, Any]) -> float:
    try:
        issued = datetime.fromisoformat(_text(record, "issued"))
    except ValueError:
        issued = datetime.min
    if issued.tzinfo is None:
        issued = issued.replace(tzinfo=timezone.utc)
    # There were no such keys before 1970, and calendars start somewhere, too.
    if issued.timestamp() < 0:
        raise InvalidInput(
            "issued", _("The time of issue must be like 2018-07-09T18:10:03+00:00.")
        )
    return issued.timestamp()


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidInput(name, _("${name} must be a string.", mapping={"name": name}))
    return value


def _shown(value: Any) -> str:
    return cleaned(value, CLIENT_ID_LENGTH) if isinstance(value, str) else ""
