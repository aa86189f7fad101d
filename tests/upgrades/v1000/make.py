"""Make the fixture of this folder: what the first version of the package stores.

It is run once, by the code of that version, and kept for whoever wants to know how::

    git worktree add /tmp/v1000 4c4a35b
    cp -r tests/upgrades/v1000 /tmp/v1000/fixture
    cd /tmp/v1000 && make .venv/.installed-test
    .venv/bin/python fixture/make.py

`plugin.zexp.gz` is the plugin with all it keeps, `secrets.json` what clients have. The
site itself stays in `var/v1000`: too large to be kept, and worth a try by hand.
"""

from pathlib import Path

import gzip
import io
import json
import jwt
import sys
import time


HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "scripts"))

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ISSUER = "http://localhost:8080/Plone"
PORT = 8080
#: The year 2058.
FAR = 2_800_000_000.0
YEARS_IN_DAYS = 3650
DELETED = "gone"


class Maker:
    """Does in a site of the first version what people and programs would do."""

    def __init__(self, app, site):
        from pas.plugins.tokenauth.plugin.lookup import plugin_of
        from pas.plugins.tokenauth.plugin.lookup import server_of

        self.app = app
        self.site = site
        self.plugin = plugin_of(site)
        self.server = server_of(self.plugin)
        self.now = time.time()
        self.secrets = {"keys": {}, "tokens": {}, "issuer": ISSUER}

    def run(self):
        self.plugin.issuer = ISSUER
        self.plugin.usage_log_retention = YEARS_IN_DAYS
        self.plugin.revoked_key_retention = YEARS_IN_DAYS
        for user_id, role in (
            ("owner", "Manager"),
            ("helper", "Site Administrator"),
            ("subject", "Editor"),
            (DELETED, "Site Administrator"),
        ):
            self.site.acl_users.userFolderAddUser(user_id, "old-secret-1", [role], [])
        self.issue_keys()
        self.issue_tokens()
        self.end_some()

    def issue_keys(self):
        self.issue("plain", "owner", "RS256")
        self.issue("modern", "helper", "ES256", ip_ranges="127.0.0.1")
        self.issue("elsewhere", "owner", "EdDSA", ip_ranges="192.0.2.0/24")
        self.issue("acting", "owner", "EdDSA", may_impersonate=True)
        self.issue("strict", "owner", "EdDSA", require_jti=True, may_manage_users=True)
        self.issue("ending", "owner", "EdDSA", expires_at=FAR)
        self.issue("expired", "owner", "EdDSA", expires_at=self.now + 3600)
        self.issue("revoked", "owner", "EdDSA")
        self.issue("orphaned", DELETED, "EdDSA")

    def issue_tokens(self):
        # Tokens of this version live for a day at most; these are to be tried later.
        self.plugin.__dict__["access_token_lifetime"] = FAR - self.now
        for name in self.secrets["keys"]:
            address = "192.0.2.7" if name == "elsewhere" else "127.0.0.1"
            self.exchange(name, name, address, jti=f"first-of-{name}")
        self.exchange("acting", "impersonating", "127.0.0.1", sub="subject")
        del self.plugin.__dict__["access_token_lifetime"]
        self.exchange("plain", "short", "127.0.0.1")
        # A grant lives for an hour; this identifier is to be known later.
        client_id = self.secrets["keys"]["strict"]["client_id"]
        self.server.storage.replay.add(client_id, "used-before", FAR, self.now)

    def end_some(self):
        from pas.plugins.tokenauth.usecases.servicekeys import revoke_service_keys

        keys = self.server.storage.service_keys
        expired = keys.get(self.secrets["keys"]["expired"]["client_id"])
        expired.expires_at = self.now - 60
        client_ids = [self.secrets["keys"]["revoked"]["client_id"]]
        revoke_service_keys(self.server, self.actor("owner"), client_ids, self.now)
        self.site.acl_users.userFolderDelUsers([DELETED])

    def actor(self, user_id):
        from pas.plugins.tokenauth.usecases.actor import Actor

        return Actor(self.site.acl_users.getUserById(user_id), self.server)

    def issue(self, name, owner, algorithm, **limits):
        from pas.plugins.tokenauth.usecases.limits import ServiceKeyLimits
        from pas.plugins.tokenauth.usecases.servicekeys import issue_service_key

        issued = issue_service_key(
            self.server,
            self.actor(owner),
            ServiceKeyLimits(title=f"The {name} key", **limits),
            self.now,
            name,
            algorithm,
        )
        self.secrets["keys"][name] = issued.keyfile

    def exchange(self, name, token_name, address, **claims):
        from pas.plugins.tokenauth.usecases.accesstokens import ClientInfo
        from pas.plugins.tokenauth.usecases.jwtbearer import JWTBearerGrant

        keyfile = self.secrets["keys"][name]
        assertion = jwt.encode(
            {
                "iss": keyfile["client_id"],
                "aud": keyfile["token_uri"],
                "iat": self.now,
                "exp": self.now + 300,
                **claims,
            },
            keyfile["private_key"],
            algorithm=keyfile["algorithm"],
            headers={"kid": keyfile["key_id"]},
        )
        client = ClientInfo(address=address, user_agent="old-client/1.0")
        grant = JWTBearerGrant(self.server)
        issued = grant({"assertion": assertion}, client, self.now)
        self.secrets["tokens"][token_name] = issued.access_token


def main():
    from instance import Instance

    instance = Instance("v1000", PORT)
    instance.prepare(fresh=True)
    app, site = open_site(instance)
    maker = Maker(app, site)
    maker.run()
    import transaction

    transaction.commit()
    exported = io.BytesIO()
    maker.plugin._p_jar.exportFile(maker.plugin._p_oid, exported)
    (HERE / "plugin.zexp.gz").write_bytes(gzip.compress(exported.getvalue(), mtime=0))
    text = json.dumps(maker.secrets, indent=2, sort_keys=True)
    (HERE / "secrets.json").write_text(text + "\n")


def open_site(instance):
    from AccessControl.SecurityManagement import newSecurityManager
    from Testing.makerequest import makerequest
    from zope.component.hooks import setSite
    from zope.globalrequest import setRequest
    from Zope2.Startup.run import make_wsgi_app

    import Zope2

    make_wsgi_app({}, instance._etc("zope.conf"))
    app = makerequest(Zope2.app())
    setRequest(app.REQUEST)
    newSecurityManager(None, app.acl_users.getUserById("admin").__of__(app.acl_users))
    setSite(app.Plone)
    return app, app.Plone


if __name__ == "__main__":
    main()
