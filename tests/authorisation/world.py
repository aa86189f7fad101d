"""A site with people and programs of every kind, which outlives a single cell."""

from AccessControl.SecurityManagement import getSecurityManager
from AccessControl.SecurityManagement import newSecurityManager
from AccessControl.SecurityManagement import setSecurityManager
from AccessControl.users import nobody
from collections.abc import Iterator
from OFS.Folder import Folder
from pas.plugins.tokenauth.applications.kind import APPLICATION
from pas.plugins.tokenauth.cas.kind import CAS_SERVICE
from pas.plugins.tokenauth.core.tokens import TokenDigest
from pas.plugins.tokenauth.credentials.kinds import kind_of
from pas.plugins.tokenauth.credentials.rotation import secrets_in_use
from pas.plugins.tokenauth.delegation.families import start_family
from pas.plugins.tokenauth.partners.kind import PARTNER
from pas.plugins.tokenauth.permissions import AUTHORIZE_APPLICATIONS
from pas.plugins.tokenauth.permissions import MANAGE_OWN_PERSONAL_ACCESS_TOKENS
from pas.plugins.tokenauth.permissions import MANAGE_OWN_SERVICE_KEYS
from pas.plugins.tokenauth.registration.records import record_registration
from pas.plugins.tokenauth.sealing.configuration import KEY_VARIABLE
from pas.plugins.tokenauth.sealing.keyring import make_key
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from pas.plugins.tokenauth.signedlinks.kind import SIGNED_LINK
from pas.plugins.tokenauth.simplesso.kind import SIMPLE_SSO_CONSUMER
from pas.plugins.tokenauth.site.requester import Operator
from pas.plugins.tokenauth.site.sections import setting_fields
from pas.plugins.tokenauth.storage.authorizations import Authorization
from pas.plugins.tokenauth.storage.sessions import Session
from pas.plugins.tokenauth.storage.usagelog import UsageEntry
from pas.plugins.tokenauth.usage.client import ClientInfo
from plone import api
from plone.protect.authenticator import createToken
from typing import Any

import os
import requests
import secrets
import time


#: With another one nothing can be sealed beside what is there.
SEALING_KEY = make_key()
PASSWORD = "correct-horse-battery-1"
DAY = 24 * 60 * 60
#: In every title of a credential of the owner, and nowhere else.
MARK = "Heron"
#: Columns that are people, with their role.
PEOPLE = {
    "member": "Member",
    "owner": "Contributor",
    "other": "Contributor",
    "administrator": "Site Administrator",
    "manager": "Manager",
}
#: Programs by their tokens, with the column of their scope and that of their user.
PROGRAMS = {
    "owner's, read": ("read", "owner"),
    "manager's personal, read": ("read", "manager"),
    "owner's, write": ("write", "owner"),
    "owner's personal, write": ("write", "owner"),
    "manager's, write": ("write", "manager"),
    "manager's, admin.read": ("admin.read", "manager"),
    "manager's, admin": ("admin", "manager"),
    "manager's personal, admin": ("admin", "manager"),
    "impersonating, admin": ("admin", "owner"),
}


class World:
    """The site, who asks, and what of the owner they ask for."""

    def __init__(self, site: Any) -> None:
        self.site = site
        portal = site.portal
        for permission in (
            AUTHORIZE_APPLICATIONS,
            MANAGE_OWN_SERVICE_KEYS,
            MANAGE_OWN_PERSONAL_ACCESS_TOKENS,
        ):
            roles = ["Manager", "Site Administrator", "Contributor"]
            portal.manage_permission(permission, roles)
        for user_id, role in PEOPLE.items():
            site.add_user(user_id, role)
            member = portal.portal_membership.getMemberById(user_id)
            member.setMemberProperties({"email": f"{user_id}@example.org"})
        # Who gets what is transferred asks for nothing.
        site.add_user("heir", "Contributor")
        self.page = api.content.create(portal, "Document", "page", title="A page")
        self.page.manage_setLocalRoles("owner", ["Owner"])
        self.uid = self.page.UID()
        site.plugin.cas_enabled = True
        site.commit()
        self.tokens = self._tokens()
        self._programs = {each.credential_id for each in self._credentials()}
        self._new_at = self._state_at = b""
        self._state: list[Any] = []
        self.new_credentials()

    def _tokens(self) -> dict[str, str]:
        tokens = {}
        for program, (column, user_id) in PROGRAMS.items():
            scopes = (f"plone.{column}",)
            if "personal" in program:
                tokens[program] = self.personal(user_id, scopes=scopes)
            elif program.startswith("impersonating"):
                key = self.issue("manager", scopes=scopes, may_impersonate=True)
                tokens[program] = self.site.token(key, sub=user_id)
            else:
                tokens[program] = self.site.token(self.issue(user_id, scopes=scopes))
        return tokens

    def issue(self, owner: str, **options: Any) -> dict[str, Any]:
        """Issue a key with a title that tells whose it is."""
        title = f"{MARK if owner == 'owner' else owner} {secrets.token_hex(4)}"
        # Of what the server has stored meanwhile, the index of all keys knows.
        self.site.sync()
        return self.site.issue(owner, algorithm="ES256", **{"title": title, **options})

    def personal(self, owner: str, **options: Any) -> str:
        """Issue a personal access token and return it."""
        title = MARK if owner == "owner" else owner
        self.site.sync()
        return self.site.personal_access_token(owner, title=title, **options)

    def new_credentials(self) -> None:
        """One of each kind to ask for, which nobody has touched yet, and no other."""
        self.site.sync()
        if self._last_transaction() == self._new_at:
            return
        for each in list(self._credentials()):
            if each.credential_id not in self._programs:
                self.site.context.storage[each.kind].remove(each.credential_id)
        self.site.commit()
        self.keyfile = self.issue("owner", title=f"{MARK} key")
        self.key: str = self.keyfile["client_id"]
        issued = self.site.issue_personal_access_token("owner", title=f"{MARK} token")
        self.token: str = issued.credential.credential_id
        self.new_link()
        self.new_application()
        self.new_cas_service()
        self.new_registration()
        self.new_partner()
        self.new_authorization()
        self._new_at = self._last_transaction()

    def _credentials(self) -> Iterator[Any]:
        for kind in self.site.context.storage.kinds.values():
            yield from kind.all()

    def _last_transaction(self) -> bytes:
        return self.site.app._p_jar.db().lastTransaction()

    def new_link(self) -> None:
        """A link of the owner to ask for."""
        issued = self.site.make(
            SIGNED_LINK,
            self.site.requester("owner"),
            material={"object": self.uid},
            title=f"{MARK} link",
            expires_at=time.time() + DAY,
        )
        self.link: str = issued.credential.credential_id
        self.link_path = issued.url.removeprefix(self.site.url)

    def new_application(self) -> None:
        """An application to ask for."""
        application = self.site.make(APPLICATION, title="Shop")
        self.application: str = application.credential.client_id

    def new_cas_service(self) -> None:
        """A CAS service to ask for."""
        urls = ("https://wiki.example.org/",)
        service = self.site.make(CAS_SERVICE, title="Wiki", urls=urls)
        self.cas_service: str = service.credential.credential_id

    def new_registration(self) -> None:
        """An application that has registered itself, to ask for."""
        registration = record_registration(
            self.site.context,
            secrets.token_hex(),
            ("app.example.org",),
            "Assistant",
            ("https://app.example.org/callback",),
            "192.0.2.1",
            time.time(),
        )
        self.site.commit()
        self.registration: str = registration.credential_id

    def new_partner(self) -> None:
        """A partner, and a site with django-simple-sso, to ask for.

        Only what is done with their secrets needs the sealing key.
        """
        settings = self.site.plugin
        settings.partners_enabled = settings.simple_sso_enabled = True
        os.environ[KEY_VARIABLE] = SEALING_KEY
        made = self.site.make(PARTNER, title="Intranet")
        self.partner = made.credential.credential_id
        urls = ("https://shop.example.org/",)
        made = self.site.make(SIMPLE_SSO_CONSUMER, title="Django", urls=urls)
        self.consumer = made.credential.credential_id
        del os.environ[KEY_VARIABLE]

    def new_authorization(self) -> None:
        """What the owner has let the application do, signed in on one device."""
        storage, now = self.site.context.storage, time.time()
        authorization = Authorization(
            f"aut-{secrets.token_hex(11)}",
            owner="owner",
            application=self.application,
            resource="",
            address="",
            title=f"{MARK} shop",
            issued_at=now,
            scopes=("plone.read",),
        )
        storage[Authorization.kind].add(authorization)
        client = ClientInfo(address="192.0.2.7", user_agent="shop")
        family, _ = start_family(
            self.site.context, authorization, "plone.read", {}, client, now
        )
        self.site.commit()
        self.authorization: str = authorization.credential_id
        self.device: str = family.family_id

    def before_turn_of_century(self) -> None:
        """A key that was issued long ago."""
        by, material = self.site.requester("owner"), {"algorithm": "ES256"}
        self.site.make(SERVICE_KEY, by, 100 * DAY, material, title=f"{MARK} of old")

    def let_expire_soon(self) -> None:
        """The owner is to be told of the key."""
        self.site.sync()
        key = self.site.context.storage["service_key"].get(self.key)
        key.issued_at, key.expires_at = time.time() - 30 * DAY, time.time() + 2 * DAY
        self.site.commit()

    def disable(self) -> None:
        """The owner has disabled the key and the token."""
        self.site.sync()
        for credential_id in (self.key, self.token, self.link, self.authorization):
            credential = self.site.context.storage.credential(credential_id)
            if credential.disabled_at is None:
                credential.disabled_at, credential.disabled_by = time.time(), "owner"
        for credential_id in (
            self.application,
            self.cas_service,
            self.registration,
            self.partner,
            self.consumer,
        ):
            credential = self.site.context.storage.credential(credential_id)
            if credential.disabled_at is None:
                credential.disabled_at, credential.disabled_by = time.time(), "manager"
        self.site.commit()

    def begin_sessions(self) -> None:
        """Everybody is logged in in a browser."""
        self.site.sync()
        store = self.site.context.storage["sessions"]
        for user_id in PEOPLE:
            digest = TokenDigest(secrets.token_bytes(32))
            store.add(Session(digest, user_id), time.time())
        self.site.commit()

    def add_secrets(self) -> None:
        """What has a secret or key that needs no sealing has another one beside it."""
        self.site.sync()
        material = {self.key: {"algorithm": "ES256"}}
        for credential_id in (self.key, self.token, self.application):
            credential = self.site.context.storage.credential(credential_id)
            if len(secrets_in_use(credential, time.time())) == 1:
                kind_of(credential).rotate(
                    self.site.context,
                    Operator("tests"),
                    credential,
                    time.time(),
                    material=material.get(credential_id),
                )
        self.site.commit()

    def let_log_be_due(self) -> None:
        """The key has an entry in the usage log that is to be forgotten."""
        entry = UsageEntry(
            credential_id=self.key,
            time=time.time() - 30 * DAY,
            subject="owner",
            address="",
            user_agent="",
        )
        self.site.sync()
        self.site.context.storage["usage_log"].add(entry, secrets.token_bytes(4))
        self.site.commit()

    def new_user_folder(self) -> None:
        """A folder with a user folder of its own, that lacks the plugin."""
        self.site.sync()
        portal = self.site.portal
        if "below" in portal.objectIds():
            portal._delObject("below")
        portal._setObject("below", Folder("below"))
        factory = portal.below.manage_addProduct["PluggableAuthService"]
        factory.addPluggableAuthService()
        self.site.commit()

    def state(self) -> list[Any]:
        """All that may change here, in a form that can be compared."""
        self.site.sync()
        if self._last_transaction() != self._state_at:
            self._state, self._state_at = self._read(), self._last_transaction()
        return self._state

    def _read(self) -> list[Any]:
        storage, credentials = self.site.context.storage, list(self._credentials())
        for each in credentials:
            each._p_activate()
        portal = self.site.portal
        authorizations = storage[Authorization.kind].all()
        return [
            [dict(vars(each)) for each in credentials],
            [each.ended_at for one in authorizations for each in one.families],
            {name: getattr(self.site.plugin, name) for name in setting_fields()},
            len(list(storage["usage_log"].entries(self.key))),
            [key.public_key.kid for key in storage["signing_keys"].keys],
            [len(storage["sessions"].of_user(each, time.time())) for each in PEOPLE],
            "below" in portal.objectIds() and "token_auth" in portal.below.acl_users,
        ]

    def authenticator(self, user_id: str | None) -> str:
        """What a form of this site proves itself by, when that user fills it in."""
        manager = getSecurityManager()
        try:
            newSecurityManager(None, self._user(user_id))
            token: str = createToken()
        finally:
            setSecurityManager(manager)
        return token

    def _user(self, user_id: str | None) -> Any:
        return self.site.portal.acl_users.getUserById(user_id) if user_id else nobody

    def identity(self, who: str) -> dict[str, Any]:
        """How one of them says who they are."""
        if who in self.tokens:
            return {"token": self.tokens[who]}
        return {"auth": (who, PASSWORD)} if who in PEOPLE else {}

    def user_id(self, who: str) -> str | None:
        """The user behind one of them."""
        return PROGRAMS[who][1] if who in PROGRAMS else who if who in PEOPLE else None

    def ask(self, who: str, method: str, path: str, **kwargs: Any) -> requests.Response:
        """The answer to one of them; forms and queries get an authenticator."""
        for where in {"data", "params"} & kwargs.keys():
            authenticator = self.authenticator(self.user_id(who))
            kwargs[where] = {**kwargs[where], "_authenticator": authenticator}
        return self.site.request(
            method, path, timeout=60, **self.identity(who), **kwargs
        )
