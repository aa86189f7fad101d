"""Reasons that the spelling gives."""

from hypothesis import strategies as st
from tests.core.attack.drafts import ANY
from tests.core.attack.drafts import Draft
from tests.core.attack.reasons import reason
from tests.core.conftest import segment
from typing import Any

import base64
import json
import re


SHAPE = "not a JWT in compact serialisation"
BASE64 = "a segment is not canonical base64url"
JSON = "a segment is not strict JSON"
NO_OBJECT = "a segment is not a JSON object"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
ENCRYPTED = {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 10**9, "p2s": "AA"}


def _both(draw: Any, draft: Draft, change: Any) -> str:
    """The bytes of the header or of the claims changed, and signed."""
    if draw(st.booleans()):
        return draft.signed(header=change(draft.spelt(draft.header)))
    return draft.signed(claims=change(draft.spelt(draft.claims)))


# -- parts ---------------------------------------------------------------------


@reason(SHAPE)
def another_number_of_parts(draw: Any, draft: Draft) -> str:
    draft.shorten()
    parts = draft.signed().split(".")
    number = draw(st.sampled_from([1, 2, 4, 6, 7]))
    more = draw(st.lists(st.sampled_from([*parts, "e30", ""]), min_size=4, max_size=4))
    return ".".join([*parts, *more][:number])


@reason(SHAPE)
def encrypted(draw: Any, draft: Draft) -> str:
    draft.shorten()
    head, body, tail = draft.signed().split(".")
    header = {**ENCRYPTED, "p2c": draw(st.integers(1, 2**31)), "cty": "JWT"}
    first = draw(st.sampled_from([head, segment(header)]))
    key = draw(st.sampled_from(["", body, tail]))
    return ".".join(
        [first, key, segment(draw(st.binary(min_size=12, max_size=12))), body, tail]
    )


@reason(SHAPE)
def an_empty_part(draw: Any, draft: Draft) -> str:
    parts = draft.signed().split(".")
    parts[draw(st.integers(0, 2))] = ""
    return ".".join(parts)


@reason(SHAPE)
def unencoded_payload(draw: Any, draft: Draft) -> str:
    head = segment({**draft.header, "b64": False, "crit": ["b64"]})
    payload = draw(
        st.sampled_from([draft.spelt(draft.claims).decode(), "", "$.02", "{}"])
    )
    return draft.signed_text(f"{head}.{payload}")


@reason(SHAPE)
def json_serialisation(draw: Any, draft: Draft) -> str:
    draft.shorten()
    assertion = draft.signed()
    head, body, tail = assertion.split(".")
    signed = {"protected": head, "signature": tail, "header": {"kid": "x"}}
    return json.dumps(
        draw(
            st.sampled_from(
                [
                    {"payload": body, **signed},
                    {"payload": body, "signatures": [signed]},
                    {"payload": body, "signatures": [signed, signed]},
                    assertion,
                    [assertion],
                ]
            )
        )
    )


# -- base64url -----------------------------------------------------------------

FOREIGN = st.sampled_from(
    ["=", "+", "/", " ", "\n", "\r\n", "\t", "\0", "~", "%3D", "\u0660", "\ufeff"]
) | st.characters(exclude_characters=ALPHABET + ".")


@reason(SHAPE)
def a_foreign_character(draw: Any, draft: Draft) -> str:
    assertion = draft.signed()
    place = draw(st.integers(0, len(assertion)))
    return assertion[:place] + draw(FOREIGN) + assertion[place:]


@reason(SHAPE)
def padding(draw: Any, draft: Draft) -> str:
    parts = draft.signed().split(".")
    number = draw(st.integers(0, 2))
    parts[number] += "=" * draw(st.integers(1, 4))
    if number < 2:
        return draft.signed_text(".".join(parts[:2]))
    return ".".join(parts)


@reason(SHAPE)
def white_space(draw: Any, draft: Draft) -> str:
    space = draw(st.text(st.sampled_from(" \t\r\n\x0b\x0c\u00a0\u2028"), min_size=1))
    return draw(st.sampled_from(["{1}{0}", "{0}{1}", "{1}{0}{1}"])).format(
        draft.signed(), space[:5]
    )


@reason(SHAPE)
def the_standard_alphabet(draw: Any, draft: Draft) -> str:
    # Bytes whose base64url has both of its own characters, so that both can be told.
    data = draft.spelt({**draft.claims, "x": "?>?>?>~~~ÿÿ"})
    body = base64.b64encode(data.ljust(len(data) + 3)).decode().rstrip("=")
    if not re.search("[+/]", body):
        body = f"+/{body}"
    return draft.signed_text(f"{segment(draft.spelt(draft.header))}.{body}")


@reason(BASE64)
def spare_bits(draw: Any, draft: Draft) -> str:
    part = draw(st.integers(0, 2))
    data = [draft.spelt(draft.header), draft.spelt(draft.claims)]
    if part == 2:
        assertion = draft.signed(*data)
        return _with_spare_bits(draw, assertion)
    if len(data[part]) % 3 == 0:
        data[part] += b" "
    parts = [segment(each) for each in data]
    parts[part] = _with_spare_bits(draw, parts[part])
    return draft.signed_text(".".join(parts))


def _with_spare_bits(draw: Any, text: str) -> str:
    length = len(text.rpartition(".")[2])
    spare = {2: 15, 3: 3}[length % 4]
    number = ALPHABET.index(text[-1]) | draw(st.integers(1, spare))
    return text[:-1] + ALPHABET[number]


@reason(BASE64)
def a_part_of_impossible_length(draw: Any, draft: Draft) -> str:
    parts = draft.signed().split(".")
    number = draw(st.integers(0, 2))
    text = parts[number] + "AAAA"
    parts[number] = text[: len(text) // 4 * 4 - 3]
    if number < 2:
        return draft.signed_text(".".join(parts[:2]))
    return ".".join(parts)


# -- JSON ----------------------------------------------------------------------


@reason(JSON)
def a_member_twice(draw: Any, draft: Draft) -> str:
    def change(data: bytes) -> bytes:
        members = json.loads(data)
        name = draw(st.sampled_from(sorted(set(members) - {""})))
        escaped = "".join(f"\\u{ord(char):04x}" for char in name if ord(char) < 65536)
        other = json.dumps(draw(ANY))
        spelt = draw(st.sampled_from([json.dumps(name), f'"{escaped}"']))
        more = f"{spelt}: {draw(st.sampled_from([json.dumps(members[name]), other]))}"
        before, after = draw(st.sampled_from([(more + ",", ""), ("", "," + more)]))
        inner = data.strip()[1:-1].decode("utf-8")
        return f"{{{before}{inner}{after}}}".encode()

    return _both(draw, draft, change)


@reason(JSON)
def a_member_twice_further_in(draw: Any, draft: Draft) -> str:
    inner = '{"a": 1, "b": {}, "a": 1}'
    wrapped = draw(st.sampled_from(["%s", "[%s]", '[[{"x": [%s]}]]', '{"y": %s}']))
    return _both(draw, draft, _with_value(wrapped % inner))


@reason(JSON)
def not_a_number(draw: Any, draft: Draft) -> str:
    value = draw(st.sampled_from(["NaN", "Infinity", "-Infinity"]))
    wrapped = draw(st.sampled_from(["%s", "[%s]", '{"x": [%s]}']))
    return _both(draw, draft, _with_value(wrapped % value))


@reason(JSON)
def no_number_of_json(draw: Any, draft: Draft) -> str:
    texts = ["01", ".5", "1.", "+1", "0x1", "1_0", "1e", "--1", "nan", "\uff11", "1L"]
    return _both(draw, draft, _with_value(draw(st.sampled_from(texts))))


@reason(JSON)
def a_number_of_thousands_of_digits(draw: Any, draft: Draft) -> str:
    draft.shorten()
    digits = draw(st.integers(4301, 4600))
    sign = draw(st.sampled_from(["", "-"]))
    first = draw(st.integers(1, 9))
    return _both(draw, draft, _with_value(f"{sign}{first}{'0' * digits}"))


@reason(JSON)
def another_encoding(draw: Any, draft: Draft) -> str:
    name = draw(
        st.sampled_from(
            [
                "utf-8-sig",
                "utf-16",
                "utf-16-le",
                "utf-16-be",
                "utf-32",
                "utf-32-le",
                "utf-32-be",
                "cp500",
            ]
        )
    )

    def change(data: bytes) -> bytes:
        return data.decode().encode(name, "replace")

    draft.shorten()
    return _both(draw, draft, change)


@reason(JSON)
def no_utf_8(draw: Any, draft: Draft) -> str:
    damaged = draw(
        st.sampled_from(
            [
                b"\xff",
                b"\xc0\x80",
                b"\xed\xa0\x80",
                b"\xf4\x90\x80\x80",
                b"\xe4",
                b"\x80",
                b"\xf8\x88\x80\x80\x80",
                b"\xed\xb0\x80",
                b"\xe2\x82",
            ]
        )
    )
    return _both(
        draw, draft, lambda data: _with_value('"?"')(data).replace(b"?", damaged)
    )


@reason(JSON)
def something_around_the_json(draw: Any, draft: Draft) -> str:
    more = draw(st.sampled_from([b"\0", b"x", b"{}", b",", b"//", b"}", b"\x0b"]))
    shape = draw(st.sampled_from([b"%b%b", b"%b %b"]))
    swap = draw(st.booleans())
    return _both(
        draw, draft, lambda data: shape % ((more, data) if swap else (data, more))
    )


@reason(JSON)
def half_a_json(draw: Any, draft: Draft) -> str:
    def change(data: bytes) -> bytes:
        return data.strip()[: draw(st.integers(1, len(data.strip()) - 1))]

    return _both(draw, draft, change)


@reason(JSON)
def json_as_people_write_it(draw: Any, draft: Draft) -> str:
    texts = ["'x'", "x", "undefined", "True", "None", "[1,]", "{a: 1}", "/* */ 1"]
    texts += ['"\n"', '"\t"', '"\\x41"', '"\\u12"', '"\\uD8"', "[1 2]", '{"a" 1}', ""]
    return _both(draw, draft, _with_value(draw(st.sampled_from(texts))))


@reason(JSON)
def nested_without_end(draw: Any, draft: Draft) -> str:
    draft.shorten()
    opening = draw(st.sampled_from(["[", '{"":', "[{" + '"":']))
    depth = draw(st.integers(1, 4000 // len(opening)))
    return _both(draw, draft, _with_value(opening * depth))


@reason(NO_OBJECT)
def json_that_is_no_object(draw: Any, draft: Draft) -> str:
    value = draw(ANY.filter(lambda value: not isinstance(value, dict)))

    def change(data: bytes) -> bytes:
        wrapped = draw(st.sampled_from([value, [json.loads(data)]]))
        return json.dumps(wrapped).encode()

    return _both(draw, draft, change)


def _with_value(text: str) -> Any:
    """Puts one more member into the JSON of an object, with this string as value."""
    return lambda data: data.strip()[:-1] + f', "more": {text}}}'.encode()
