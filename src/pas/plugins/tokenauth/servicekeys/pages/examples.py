"""Programs that use a fresh keyfile, ready to run.

They read the keyfile that was downloaded: no example holds a private key.
"""

from ...core.keys import EDDSA
from ...core.keys import ES256
from ...core.keys import PS256
from ...core.keys import RS256
from ...credentials.pages.secretpage import Example
from ...i18n import _
from ..kind import IssuedServiceKey
from string import Template
from urllib.parse import quote

import json
import shlex


_CLIENT = Template("""\
python3 -m pip install requests "PyJWT[crypto]"
curl -H "Authorization: Bearer $$(python3 client.py token $file)" \\
    -H "Accept: application/json" $request
""")

_CURL = Template("""\
# Needs the Python package PyJWT[crypto]
GRANT=$$(python3 - $file <<'END'
import json, jwt, sys, time, uuid
key = json.load(open(sys.argv[1], "rb"))
now = int(time.time())
claims = {
    "iss": key["client_id"],
    "aud": key["token_uri"],
    "iat": now,
    "exp": now + 60,
    "jti": uuid.uuid4().hex,
}
print(jwt.encode(claims, key["private_key"], key["algorithm"], {"kid": key["key_id"]}))
END
)
TOKEN=$$(curl -sS $token_uri \\
    --data grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer \\
    --data "assertion=$$GRANT" | python3 -c '
import json, sys
answer = json.load(sys.stdin)
print(answer.get("access_token") or sys.exit(answer))')

curl -sS $request \\
    -H "Authorization: Bearer $$TOKEN" -H "Accept: application/json"
""")

_AUTHLIB = Template("""\
# Needs the Python packages Authlib (1.8 or newer) and requests
from authlib.integrations.requests_client import AssertionSession
from joserfc.jwk import $kind

import json

with open($file, "rb") as file:
    key = json.load(file)

plone = AssertionSession(
    token_endpoint=key["token_uri"],
    issuer=key["client_id"],
    subject=None,
    audience=key["token_uri"],
    key=$kind.import_key(key["private_key"]),
    header={"alg": key["algorithm"], "kid": key["key_id"]},
    expires_in=60,
)
plone.headers["Accept"] = "application/json"
print(plone.get($request).json())
""")

_JOIN = Template("""\
python3 - $file private.pem <<'END'
import json, sys
path, private_key = sys.argv[1:]
key = json.load(open(path, "rb"))
key["private_key"] = open(private_key, encoding="utf-8-sig").read()
json.dump(key, open(path, "w"), indent=2)
END
""")


#: How joserfc, on which Authlib is built, calls the kind of key.
_KINDS = {RS256: "RSAKey", PS256: "RSAKey", ES256: "ECKey", EDDSA: "OKPKey"}


def examples(issued: IssuedServiceKey, issuer: str) -> list[Example]:
    """Programs that do the same without it."""
    name, request = _file_name(issued), _request(issued, issuer)
    curl = _CURL.substitute(
        file=shlex.quote(name),
        token_uri=shlex.quote(issued.keyfile["token_uri"]),
        request=shlex.quote(request),
    )
    authlib = _AUTHLIB.substitute(
        file=json.dumps(name),
        kind=_KINDS[issued.keyfile["algorithm"]],
        request=json.dumps(request),
    )
    return [
        Example(id="example-curl", title=_("curl and Python"), text=curl),
        Example(id="example-authlib", title=_("Python with Authlib"), text=authlib),
    ]


def client_commands(issued: IssuedServiceKey, issuer: str) -> Example:
    """The commands that ask the site for the owner of the key, with client.py."""
    text = _CLIENT.substitute(
        file=shlex.quote(_file_name(issued)),
        request=shlex.quote(_request(issued, issuer)),
    )
    return Example(id="example-client", title=_("Try it"), text=text)


def join_command(issued: IssuedServiceKey) -> Example:
    """A command that puts the private key of the visitor into the keyfile."""
    text = _JOIN.substitute(file=shlex.quote(_file_name(issued)))
    return Example(id="example-join", title=_("Complete the keyfile"), text=text)


def _file_name(issued: IssuedServiceKey) -> str:
    """What the browser calls the keyfile that it downloads."""
    return f"{issued.credential.client_id}.json"


def _request(issued: IssuedServiceKey, issuer: str) -> str:
    return f"{issuer}/@users/{quote(issued.credential.owner, safe='')}"
