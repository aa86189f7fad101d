"""The kind: how a code is made, and who asks whether one opens a door."""

from .interfaces import IDoorCodeOptions
from .texts import TEXTS
from pas.plugins.tokenauth.core.clock import now
from pas.plugins.tokenauth.core.tokens import digest
from pas.plugins.tokenauth.credentials.kind import CredentialKind
from pas.plugins.tokenauth.credentials.kind import Issued
from pas.plugins.tokenauth.credentials.kinds import credentials_of
from pas.plugins.tokenauth.site.view import SiteView
from pas.plugins.tokenauth.storage.credentials import Credential
from Products.Five.browser import BrowserView

import secrets


PERMISSION = "Door codes: Manage own"


class DoorCode(Credential):
    """What is kept of a code: not the code itself."""

    kind = "door_code"

    def __init__(self, credential_id, *, digest, **common):
        super().__init__(credential_id, **common)
        self.digest = digest


class DoorCodeKind(CredentialKind):
    name = DoorCode.kind
    options = IDoorCodeOptions
    manage_own = PERMISSION
    max_lifetime = "max_door_code_lifetime"
    page = "manage-door-codes"
    endpoint = "@door-codes"
    id_member = "code_id"
    id_prefix = "door-"
    texts = TEXTS

    def make(self, site, prepared, **attributes):
        code = f"{secrets.randbelow(10**12):012}"
        credential = DoorCode(digest=digest(code), **attributes)
        return Issued(credential=credential, members={"code": code}, text=code)


DOOR_CODE = DoorCodeKind()


class Door(SiteView, BrowserView):
    """``@@door?code=…``, for the terminal at the door."""

    def __call__(self):
        wanted = digest(self.request.form.get("code", ""))
        codes = credentials_of(self.site.storage, DOOR_CODE).all()
        found = [
            code for code in codes if code.digest == wanted and code.is_live(now())
        ]
        return "open" if found else "closed"
