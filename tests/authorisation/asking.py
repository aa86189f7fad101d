"""How each row is asked for: a request that would succeed if it were allowed."""

from .table import Row
from .world import DAY
from .world import World
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from datetime import timezone
from pas.plugins.tokenauth.credentials.rotation import secrets_in_use
from typing import Any

import secrets
import time


PLUGIN = "/acl_users/token_auth"
BELOW = "/below/acl_users/manage_addProduct/pas.plugins.tokenauth"
HTML = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}


@dataclass(frozen=True)
class Question:
    """One request.

    :param path: below the site
    :param kwargs: what else the request has
    :param changes: whether something is different when it is done
    :param shows: what the answer holds that nobody else may see
    """

    path: str
    kwargs: dict[str, Any] = field(default_factory=dict)
    changes: bool = False
    shows: str = ""


def question(world: World, row: Row, method: str) -> Question:
    """The request of a row."""
    for prefix, asks in _ASKS.items():
        if row.what.startswith(prefix):
            return asks(world, row, method)
    raise LookupError(row.what)


def _credential_id(world: World, row: Row) -> str:
    if "link" in row.what:
        return world.link
    if row.what.endswith("-revoke-authorizations"):
        return world.application
    if "authorizations" in row.what or "device" in row.what:
        return world.authorization
    return world.token if "access-token" in row.what else world.key


def _page(world: World, row: Row, method: str) -> Question:
    prefix = next(each for each in _PREFIXES if row.what.startswith(each))
    page = row.what.removeprefix(prefix).removeprefix("-")
    credential_id = _credential_id(world, row)
    query = {"id": credential_id}
    path = f"/page/{row.what}" if "share" in prefix else f"/{row.what}"
    if method == "GET":
        shows = _SHOWN.get(page, credential_id)
        if row.what == "@@tokenauth-controlpanel-issue":
            # It asks for whom before anything else.
            shows = 'name="owner"'
        return Question(path, {"params": query, "headers": HTML}, shows=shows)
    form = _FORMS.get(page, dict)
    data = {**query, **_called(form, world, row)}
    return Question(
        path,
        {"data": data, "headers": HTML},
        changes=page in _CHANGING,
        shows="" if page in _CHANGING else _SHOWN.get(page, credential_id),
    )


def _called(form: Callable[..., Any], world: World, row: Row) -> dict[str, Any]:
    made = form() if form is dict else form(world, row)
    return {name: value for name, value in made.items() if value is not None}


def _issue(world: World, row: Row) -> dict[str, Any]:
    return {
        "id": None,
        "owner": "owner" if "controlpanel" in row.what else None,
        "idempotency_key": secrets.token_hex(16),
        "title": "New",
        "scopes": "plone.read",
        "algorithm": "ES256",
        "key_source": "site",
    }


def _register(world: World, row: Row) -> dict[str, Any]:
    return {
        "id": None,
        "idempotency_key": secrets.token_hex(16),
        "title": "New",
        "authentication": "client_secret",
        "scopes": "plone.read",
        "default_scopes": "plone.read",
    }


def _register_cas(world: World, row: Row) -> dict[str, Any]:
    return {
        "id": None,
        "idempotency_key": secrets.token_hex(16),
        "title": "New",
        "urls": "https://app.example.org/",
        "expiry": "never",
    }


def _register_partner(world: World, row: Row) -> dict[str, Any]:
    return {
        "id": None,
        "idempotency_key": secrets.token_hex(16),
        "title": "New",
        "purpose": "login",
        "algorithm": "sha256",
        "max_lifetime": "600",
        "expiry": "never",
    }


def _edit(world: World, row: Row) -> dict[str, Any]:
    credential_id = _credential_id(world, row)
    credential = world.site.context.storage.credential(credential_id)
    return {
        "title": credential.title if row.variant == "tighten" else "Other",
        "ip_ranges": "" if row.variant == "loosen" else "192.0.2.1",
        "scopes": list(credential.scopes),
    }


def _rotate(world: World, row: Row) -> dict[str, Any]:
    credential_id = _credential_id(world, row)
    credential = world.site.context.storage.credential(credential_id)
    return {
        "newest": repr(credential.secret_made_at),
        "key_source": "site",
        "algorithm": "ES256",
        "overlap": "7",
    }


def _selected(world: World, row: Row) -> dict[str, Any]:
    return {"ids": _credential_id(world, row), "confirmed": "1"}


def _end_secret(world: World, row: Row) -> dict[str, Any]:
    return {"kid": _first_kid(world, _credential_id(world, row))}


def _first_kid(world: World, credential_id: str) -> str:
    """Names the oldest secret; empty for what has none."""
    credential = world.site.context.storage.credential(credential_id)
    in_use = secrets_in_use(credential, time.time())
    return in_use[0].kid if in_use else ""


def _device(world: World, row: Row) -> dict[str, Any]:
    return {"device": world.device}


def _transfer(world: World, row: Row) -> dict[str, Any]:
    return {"id": world.key, "owner": "heir"}


def _settings(world: World, row: Row) -> dict[str, Any]:
    settings = world.site.plugin
    # What is left out of a form is off, for the rows that follow, too.
    data = {
        "allowed_algorithms": list(settings.allowed_algorithms),
        "allow_admin_scopes": "1",
        "allow_signed_links": "1",
        "cas_enabled": "1",
        "partners_enabled": "1",
        "simple_sso_enabled": "1",
    }
    if row.variant == "issuer":
        return {"issuer": f"https://{secrets.token_hex(4)}.example.org", **data}
    return {"leeway": str(settings.leeway % 60 + 1), **data}


def _revoke_before(world: World, row: Row) -> dict[str, Any]:
    return {"time": "2000-01-01T00:00", "confirmed": "1"}


def _replace_signing_keys(world: World, row: Row) -> dict[str, Any]:
    return {"replace": "1"}


_PREFIXES = (
    "@@manage-service-keys",
    "@@manage-personal-access-tokens",
    "@@manage-signed-links",
    "@@manage-authorizations",
    "@@share-by-link",
    "@@tokenauth-controlpanel",
)
#: What is on pages that show no id.
_SHOWN = {
    "issue": 'name="idempotency_key"',
    "register-application": 'name="idempotency_key"',
    "register-cas-service": 'name="idempotency_key"',
    "register-partner": 'name="idempotency_key"',
    "register-simple-sso": 'name="idempotency_key"',
    "settings": 'name="leeway"',
    "revoke-before": 'name="time"',
    "signing-keys": 'name="replace"',
    "sign-out": "hear in every browser",
    "logs-csv": "user_agent",
    "activity": 'name="outcome"',
    "activity-csv": "user_agent",
}
_FORMS: dict[str, Callable[..., Any]] = {
    "issue": _issue,
    "register-application": _register,
    "register-cas-service": _register_cas,
    "register-partner": _register_partner,
    "register-simple-sso": _register_cas,
    "edit": _edit,
    "rotate": _rotate,
    "revoke": _selected,
    "disable": _selected,
    "enable": _selected,
    "transfer": _transfer,
    "end-secret": _end_secret,
    "end-device": _device,
    "revoke-authorizations": lambda world, row: {},
    "sign-out": lambda world, row: {"user": "owner"},
    "settings": _settings,
    "revoke-before": _revoke_before,
    "signing-keys": _replace_signing_keys,
}
_CHANGING = tuple(_FORMS)


def _job(world: World, row: Row, method: str) -> Question:
    return Question(f"/{row.what}", {"headers": HTML}, changes=method == "POST")


def _part(world: World, row: Row, method: str) -> Question:
    url, name = world.site.url, row.what.split()[-1]
    if row.what.startswith("user action"):
        page = name.replace("_", "-")
        return Question("", {"headers": HTML}, shows=f"{url}/@@manage-{page}")
    if row.what.startswith("configlet"):
        panel = "/@@overview-controlpanel"
        return Question(panel, {"headers": HTML}, shows=f"{url}/@@{name}-controlpanel")
    if name == "tokenauth.livelinks":
        return Question("/page", {"headers": HTML}, shows="See and revoke them")
    if row.what.startswith("viewlet"):
        # Both name the page, which is not the content.
        return Question(
            "/@@manage-service-keys", {"headers": HTML}, shows="Service keys"
        )
    return Question(f"/{row.what}/tokenauth.css", shows="{")


def _keys(world: World, row: Row, method: str) -> Question:
    return _service(world, row, method, world.key, {"algorithm": "ES256"})


def _tokens(world: World, row: Row, method: str) -> Question:
    return _service(world, row, method, world.token, {"expires": "2099-12-31"})


def _links(world: World, row: Row, method: str) -> Question:
    tomorrow = datetime.fromtimestamp(time.time() + 2 * DAY, timezone.utc).date()
    new = {"expires": tomorrow.isoformat()}
    if row.variant != "on the object":
        return _service(world, row, method, world.link, {**new, "object": world.uid})
    path, body = f"/page/{row.what}", {"title": "New", **new}
    shows = world.link if method == "GET" else ""
    kwargs = {"json": body if method == "POST" else None, "headers": JSON}
    return Question(path, kwargs, changes=method == "POST", shows=shows)


def _link(world: World, row: Row, method: str) -> Question:
    where = "params" if method == "GET" else "data"
    shows = "Open the page" if method == "GET" else ""
    return Question(world.link_path, {where: {}, "headers": HTML}, shows=shows)


def _helper(world: World, row: Row, method: str) -> Question:
    return Question(f"/page/{row.what}", {"headers": HTML})


def _applications(world: World, row: Row, method: str) -> Question:
    return _service(world, row, method, world.application, {})


def _authorizations(world: World, row: Row, method: str) -> Question:
    return _service(world, row, method, world.authorization, {})


def _cas_services(world: World, row: Row, method: str) -> Question:
    new = {"urls": ["https://app.example.org/"]}
    return _service(world, row, method, world.cas_service, new)


def _registrations(world: World, row: Row, method: str) -> Question:
    return _service(world, row, method, world.registration, {})


def _consumers(world: World, row: Row, method: str) -> Question:
    urls = {"urls": ["https://app.example.org/"]}
    new = {} if row.variant == "rotate" else urls
    return _service(world, row, method, world.consumer, new)


def _partners(world: World, row: Row, method: str) -> Question:
    return _service(world, row, method, world.partner, {})


def _service(
    world: World, row: Row, method: str, credential_id: str, new: dict[str, Any]
) -> Question:
    base, one = f"/{row.what}", f"/{row.what}/{credential_id}"
    rotation = {"overlap": 0, **new}
    rotation.pop("expires", None)
    new = {"title": "New", **new}
    name = secrets.token_hex(4)
    found: dict[tuple[str, str], tuple[str, Any]] = {
        ("GET", ""): (f"{base}?b_size=1000", None),
        ("GET", "of all"): (f"{base}?whose=all&b_size=1000", None),
        ("GET", "one"): (one, None),
        ("GET", "usage"): (f"{one}/usage", None),
        ("GET", "summary"): (f"{one}/summary", None),
        ("POST", ""): (base, new),
        ("POST", "for the owner"): (base, {**new, "owner": "owner"}),
        ("POST", "as a user"): (base, {**new, "runs_as": "owner"}),
        ("POST", "rotate"): (f"{one}/rotate", rotation),
        ("POST", "end-secret"): (
            f"{one}/end-secret",
            {"kid": _first_kid(world, credential_id)},
        ),
        ("GET", "devices"): (f"{one}/devices", None),
        ("POST", "end-device"): (f"{one}/end-device", {"device": world.device}),
        ("POST", "revoke-authorizations"): (f"{one}/revoke-authorizations", {}),
        ("POST", "disable"): (f"{one}/disable", {}),
        ("POST", "transfer"): (f"{one}/transfer", {"owner": "heir"}),
        ("POST", "enable"): (f"{one}/enable", {}),
        ("PUT", "for the owner"): (f"{base}/owner/{name}", new),
        ("PATCH", "tighten"): (one, {"ip_ranges": ["192.0.2.1"]}),
        ("PATCH", "loosen"): (one, {"title": "Other"}),
        ("DELETE", ""): (one, None),
    }
    path, body = found[method, row.variant]
    is_about = method == "GET" and row.variant not in ("usage", "summary", "devices")
    shows = credential_id if is_about else ""
    if row.variant == "devices":
        shows = world.device
    return Question(
        path, {"json": body, "headers": JSON}, changes=method != "GET", shows=shows
    )


def _control_panel(world: World, row: Row, method: str) -> Question:
    leeway = world.site.plugin.leeway % 60 + 1
    issuer = f"https://{secrets.token_hex(4)}.example.org"
    body = {"issuer": issuer} if row.variant == "issuer" else {"leeway": leeway}
    if method == "GET":
        return Question(
            f"/{row.what}", {"headers": JSON}, shows="access_token_lifetime"
        )
    return Question(f"/{row.what}", {"json": body, "headers": JSON}, changes=True)


def _activity(world: World, row: Row, method: str) -> Question:
    return Question(f"/{row.what}", {"headers": JSON}, shows="unknown_since_start")


def _sign_out(world: World, row: Row, method: str) -> Question:
    body = {"user": "owner"} if row.variant else {}
    return Question(f"/{row.what}", {"json": body, "headers": JSON}, changes=True)


def _probe(world: World, row: Row, method: str) -> Question:
    query = {"scope": "plone.write", "group": "Reviewers"}
    params = {name: query[name] for name in [row.variant] if name}
    # The check has no body.
    shows = '"status": "ok"' if row.what == "@@tokenauth-health" else ""
    where = "params" if method == "GET" else "data"
    return Question(f"/{row.what}", {where: params, "headers": HTML}, shows=shows)


def _zmi(world: World, row: Row, method: str) -> Question:
    adds = row.what.startswith("manage_add")
    base = BELOW if adds else PLUGIN
    data = {"id": "token_auth"} if adds else _settings(world, row)
    changes = row.what in ("manage_changeSettings", "manage_addTokenAuthPlugin")
    where = {"params": data} if method == "GET" else {"data": data}
    return Question(f"{base}/{row.what}", {**where, "headers": HTML}, changes=changes)


_ASKS: dict[str, Callable[[World, Row, str], Question]] = {
    **dict.fromkeys(_PREFIXES, _page),
    "@@tokenauth-purge": _job,
    "@@tokenauth-notify": _job,
    "@@tokenauth-check": _probe,
    "@@tokenauth-health": _probe,
    "user action": _part,
    "configlet": _part,
    "viewlet": _part,
    "++resource++": _part,
    "@service-keys": _keys,
    "@personal-access-tokens": _tokens,
    "@signed-links": _links,
    "@@link": _link,
    "@@signed_links": _helper,
    "@applications": _applications,
    "@authorizations": _authorizations,
    "@cas-services": _cas_services,
    "@registrations": _registrations,
    "@partners": _partners,
    "@simple-sso-consumers": _consumers,
    "@controlpanels": _control_panel,
    "@tokenauth-activity": _activity,
    "@sign-out-everywhere": _sign_out,
    "manage_": _zmi,
    "settings_for_form": _zmi,
    "setting_overrides": _zmi,
}
