"""Reasons that the claims give, in assertions that are signed as they should be."""

from functools import partial
from hypothesis import strategies as st
from tests.core.attack.drafts import ANY
from tests.core.attack.drafts import CLEAN
from tests.core.attack.drafts import Draft
from tests.core.attack.drafts import NO_TEXT
from tests.core.attack.reasons import add
from tests.core.attack.reasons import reason
from tests.core.attack.world import CLIENT
from tests.core.attack.world import GRANT
from tests.core.attack.world import LEEWAY
from tests.core.attack.world import MAX_LIFETIME
from typing import Any

import json


#: Control characters, line and paragraph separators, lone surrogates, directions.
UNCLEAN = st.one_of(
    st.characters(categories=("Cc", "Zl", "Zp")),
    st.characters(categories=("Cs",)),
    st.sampled_from("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"),
)
NO_NUMBER = ANY.filter(
    lambda value: isinstance(value, bool) or not isinstance(value, (int, float))
)
YEAR_10000 = 253402300800


# -- strings -------------------------------------------------------------------


def _no_text(name: str, draw: Any, draft: Draft) -> str:
    value = draft.claims.get(name, draft.client_id)
    draft.claims[name] = draw(st.sampled_from([[value], {value: 1}, None]) | NO_TEXT)
    return draft.signed()


def _missing(name: str, draw: Any, draft: Draft) -> str:
    draft.claims.pop(name, None)
    # Names are case-sensitive, and not trimmed.
    if draw(st.booleans()):
        draft.claims[name.upper()] = draft.client_id
    return draft.signed()


def _wrong_length(name: str, draw: Any, draft: Draft) -> str:
    length = draw(st.just(0) | st.just(257) | st.integers(258, 400))
    draft.claims[name] = draw(st.sampled_from(["x", "\u00fc", " "])) * length
    return draft.signed()


def _unclean(name: str, draw: Any, draft: Draft) -> str:
    value = draw(st.just(draft.client_id) | CLEAN)
    place = draw(st.sampled_from([0, len(value)]) | st.integers(0, len(value)))
    draft.claims[name] = value[:place] + draw(UNCLEAN) + value[place:]
    return draft.signed()


for _name in ("iss", "sub", "jti"):
    _signed = {"is_signed": _name != "iss"}
    _says = f"The claim {_name} must be a string of 1 to 256 characters."
    add(f"{_name} is no text", partial(_no_text, _name), _says, **_signed)
    add(f"{_name} is empty or long", partial(_wrong_length, _name), _says, **_signed)
    add(
        f"{_name} is missing",
        partial(_missing, _name),
        _says,
        kinds=(GRANT, CLIENT) if _name == "iss" else (CLIENT,),
        **_signed,
    )
    add(
        f"{_name} is unclean",
        partial(_unclean, _name),
        f"The claim {_name} holds characters that are not text.",
        **_signed,
    )


@reason(
    "The claims iss and sub must both be the client id.", is_signed=True, kinds=[CLIENT]
)
def sub_is_another_one(draw: Any, draft: Draft) -> str:
    own = draft.client_id
    similar = [own.upper(), own + " ", own + "/", own[:-1], "admin"]
    draft.claims["sub"] = draw(
        st.sampled_from(similar) | CLEAN.filter(lambda text: text != own)
    )
    return draft.signed()


@reason("The claim scope must be a string.", is_signed=True, kinds=[GRANT])
def scope_is_no_text(draw: Any, draft: Draft) -> str:
    draft.claims["scope"] = draw(
        st.sampled_from([None, ["plone.read"], {"plone.read": True}]) | NO_TEXT
    )
    return draft.signed()


# -- audience ------------------------------------------------------------------

_WRONG_AUDIENCE = {
    GRANT: "The claim aud must be the issuer or the token endpoint of this site.",
    CLIENT: "The claim aud must be the issuer of this site alone.",
}


def _aud_missing(draw: Any, draft: Draft) -> str:
    del draft.claims["aud"]
    if draw(st.booleans()):
        draft.claims["audience"] = draft.world.issuer
    return draft.signed()


def _aud_another_site(draw: Any, draft: Draft) -> str:
    own = draft.world.issuer
    similar = [own + "//", own.upper(), own + ":443", own[:-1], own[1:], own + " "]
    similar += ["", "*", own.replace("https", "http"), own + "\n", own + "?", "https"]
    if draft.kind is CLIENT:
        similar.append(draft.world.endpoint)
    good = (own, own + "/", draft.world.endpoint)
    audience = draw(
        st.sampled_from(similar)
        | st.text(max_size=20).filter(lambda text: text not in good)
    )
    draft.claims["aud"] = audience if draw(st.booleans()) else [audience]
    return draft.signed()


def _aud_several(draw: Any, draft: Draft) -> str:
    others = [draft.world.issuer] if draft.kind is CLIENT else []
    other = st.sampled_from(["https://other.example", "", *others]) | NO_TEXT
    names = [draft.world.issuer, draw(other)]
    draft.claims["aud"] = names if draw(st.booleans()) else names[::-1]
    return draft.signed()


def _aud_no_text(draw: Any, draft: Draft) -> str:
    own = draft.world.issuer
    draft.claims["aud"] = draw(
        st.sampled_from([[], [[own]], {own: own}, {}, None, [None], [[]], [{own: 1}]])
        | NO_TEXT
    )
    return draft.signed()


for _kind, _says in _WRONG_AUDIENCE.items():
    for _title, _spoil in (
        ("names another site", _aud_another_site),
        ("names another site as well", _aud_several),
        ("is no text", _aud_no_text),
    ):
        add(f"aud of {_kind} {_title}", _spoil, _says, is_signed=True, kinds=[_kind])
add(
    "aud of grant is missing",
    _aud_missing,
    "The claim aud is missing.",
    is_signed=True,
    kinds=[GRANT],
)
add(
    "aud of client is missing",
    _aud_missing,
    _WRONG_AUDIENCE[CLIENT],
    is_signed=True,
    kinds=[CLIENT],
)


# -- times ---------------------------------------------------------------------


def _no_number(name: str, draw: Any, draft: Draft) -> str:
    value = draft.claims.get(name, draft.world.now)
    draft.claims[name] = draw(
        st.sampled_from([str(value), [value], None, True, False, {"": value}])
        | NO_NUMBER
    )
    return draft.signed()


def _no_time(name: str, draw: Any, draft: Draft) -> str:
    text = draw(
        st.sampled_from(["1e400", "-1e400", "1e308", "-1", "-0.001", str(YEAR_10000)])
        | st.integers(YEAR_10000, 10**400).map(str)
        | st.integers(-(10**400), -1).map(str)
        | st.floats(YEAR_10000, allow_infinity=False).map(repr)
        | st.floats(max_value=-1e-300, allow_infinity=False).map(repr)
    )
    draft.claims[name] = "TIME"
    claims = json.dumps(draft.claims).replace('"TIME"', text, 1)
    return draft.signed(claims=claims.encode())


for _name in ("exp", "iat", "nbf"):
    add(
        f"{_name} is no number",
        partial(_no_number, _name),
        f"The claim {_name} must be a number of seconds.",
        is_signed=True,
    )
    add(
        f"{_name} is no time",
        partial(_no_time, _name),
        f"The claim {_name} is no sensible time.",
        is_signed=True,
    )
    if _name == "exp":
        add(
            f"{_name} is missing",
            partial(_missing, _name),
            f"The claim {_name} must be a number of seconds.",
            is_signed=True,
        )


def _seconds(draw: Any, first: float, last: float) -> float:
    """A moment between two, the first one often."""
    return draw(
        st.just(first) | st.integers(int(first) + 1, int(last)) | st.floats(first, last)
    )


@reason("The assertion has expired: exp is in the past.", is_signed=True)
def expired(draw: Any, draft: Draft) -> str:
    ago = _seconds(draw, LEEWAY, 10**9)
    draft.claims["exp"] = exp = draft.world.now - ago
    draft.claims["iat"] = exp - draw(st.integers(1, MAX_LIFETIME))
    return draft.signed()


@reason("The claim iat is in the future: check the clock.", is_signed=True)
def issued_in_the_future(draw: Any, draft: Draft) -> str:
    ahead = LEEWAY + draw(st.just(0.001) | st.integers(1, 10**9) | st.floats(0.001, 60))
    draft.claims["iat"] = iat = draft.world.now + ahead
    draft.claims["exp"] = iat + draw(st.integers(1, MAX_LIFETIME))
    return draft.signed()


@reason("The assertion is not valid yet: nbf is in the future.", is_signed=True)
def not_valid_yet(draw: Any, draft: Draft) -> str:
    ahead = LEEWAY + draw(st.just(0.001) | st.integers(1, 10**9) | st.floats(0.001, 60))
    draft.claims["nbf"] = draft.world.now + ahead
    return draft.signed()


@reason(
    "The claim exp is too late: the assertion may live for at most 3600 seconds.",
    is_signed=True,
)
def lives_too_long(draw: Any, draft: Draft) -> str:
    now = draft.world.now
    iat = now + draw(st.integers(-10_000, LEEWAY))
    # Not expired, so that there is one reason only.
    least = max(min(iat, now) + MAX_LIFETIME + LEEWAY, now - LEEWAY)
    more = draw(st.just(0.001) | st.integers(1, 10**9) | st.floats(0.001, 60))
    draft.claims.update(iat=iat, exp=least + more)
    if draw(st.booleans()):
        del draft.claims["iat"]
        draft.claims["exp"] = now + MAX_LIFETIME + LEEWAY + more
    return draft.signed()


@reason("The claim exp must be after iat.", is_signed=True)
def ends_before_it_starts(draw: Any, draft: Draft) -> str:
    now = draft.world.now
    exp = now + draw(st.integers(1 - LEEWAY, LEEWAY))
    iat = draw(st.just(exp) | st.integers(int(exp), int(now) + LEEWAY))
    draft.claims.update(iat=iat, exp=exp)
    return draft.signed()
