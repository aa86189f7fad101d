"""Reasons that the header gives."""

from functools import partial
from hypothesis import strategies as st
from tests.core.attack.drafts import ANY
from tests.core.attack.drafts import Draft
from tests.core.attack.drafts import NO_TEXT
from tests.core.attack.reasons import add
from tests.core.attack.reasons import reason
from tests.core.attack.world import KINDS
from typing import Any


PARAMETERS = {
    "crit": [["exp"], ["b64"], [], ["alg"], "exp", ["x", "x"], [1]],
    "b64": [False, True, "false"],
    "cty": ["JWT", "jwt", "application/json", ""],
    "enc": ["A128GCM", "A256CBC-HS512"],
    "zip": ["DEF", "GZIP"],
}
OTHER_TYPES = [
    "at+jwt",
    "application/at+jwt",
    "dpop+jwt",
    "logout+jwt",
    "secevent+jwt",
    "oauth-id-jag+jwt",
    "token-exchange+jwt",
    "JOSE",
    "JOSE+JSON",
    "JWE",
    "text/jwt",
    "application/application/jwt",
    "application/",
    " jwt",
    "jwt ",
    "jwt\n",
    "JWTX",
    "JW",
    "",
    "\uff2a\uff37\uff34",
]


def _parameter(name: str, draw: Any, draft: Draft) -> str:
    draft.header[name] = draw(st.sampled_from(PARAMETERS[name]) | ANY)
    return draft.signed()


for _name in PARAMETERS:
    add(
        f"header parameter {_name}",
        partial(_parameter, _name),
        f"the header parameter {_name} is not supported",
    )


@reason("the type of the JWT is no string")
def typ_is_no_text(draw: Any, draft: Draft) -> str:
    draft.header["typ"] = draw(NO_TEXT)
    return draft.signed()


@reason("the type of the JWT is another one")
def typ_is_another_one(draw: Any, draft: Draft) -> str:
    foreign = {
        name for kind in KINDS for name in kind.types if name not in draft.kind.types
    }
    good = {f"{prefix}{name}" for prefix in ("", "application/") for name in _types()}
    other = st.text(max_size=20).filter(lambda text: text.lower() not in good)
    draft.header["typ"] = draw(
        st.sampled_from([*OTHER_TYPES, *foreign]).map(str.upper)
        | st.sampled_from([*OTHER_TYPES, *foreign])
        | other
    )
    return draft.signed()


def _types() -> set[str]:
    return {name for kind in KINDS for name in kind.types}


@reason("the header names no algorithm")
def alg_is_missing(draw: Any, draft: Draft) -> str:
    del draft.header["alg"]
    return draft.signed()


@reason("the header names no algorithm")
def alg_is_no_text(draw: Any, draft: Draft) -> str:
    alg = draft.header["alg"]
    draft.header["alg"] = draw(st.sampled_from([[alg], {alg: alg}, None]) | NO_TEXT)
    return draft.signed()


@reason("the key id is not a short string")
def kid_is_no_text(draw: Any, draft: Draft) -> str:
    kid = draft.client.public_key.kid
    draft.header["kid"] = draw(st.sampled_from([[kid], {kid: kid}, None]) | NO_TEXT)
    return draft.signed()


@reason("the key id is not a short string")
def kid_is_too_long(draw: Any, draft: Draft) -> str:
    kid = draft.client.public_key.kid
    length = draw(st.integers(257, 1000))
    draft.header["kid"] = (kid + draw(st.sampled_from(["=", "x", " "])) * 1000)[:length]
    return draft.signed()


@reason("the JWT is too long")
def too_long(draw: Any, draft: Draft) -> str:
    place = draw(st.sampled_from([draft.header, draft.claims]))
    place["filler"] = "x" * draw(st.integers(6144, 60_000))
    return draft.signed()
