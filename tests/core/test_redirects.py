"""Redirect URIs: what may be registered, and what a request may name."""

from pas.plugins.tokenauth.core import redirects
from pas.plugins.tokenauth.core.redirects import check_redirect_uri
from pas.plugins.tokenauth.core.redirects import FORBIDDEN_SCHEMES
from pas.plugins.tokenauth.core.redirects import host_of
from pas.plugins.tokenauth.core.redirects import is_loopback
from pas.plugins.tokenauth.core.redirects import is_native
from pas.plugins.tokenauth.core.redirects import is_registered
from pas.plugins.tokenauth.core.redirects import is_within_registered
from pas.plugins.tokenauth.core.redirects import MAX_LENGTH
from pas.plugins.tokenauth.core.redirects import origin_of
from pas.plugins.tokenauth.core.redirects import RedirectRefused
from pas.plugins.tokenauth.core.redirects import shown_target
from pas.plugins.tokenauth.core.redirects import with_fragment
from pas.plugins.tokenauth.core.redirects import with_parameters
from urllib.parse import unquote

import pytest


REGISTERED = "https://app.example.org/cb"
WITH_QUERY = "https://app.example.org/cb?tenant=1"
LOOPBACK = "http://127.0.0.1:3000/cb"
LOOPBACK_6 = "http://[::1]/cb"
LOCALHOST = "http://localhost:3000/cb"
CUSTOM = "com.example.app:/cb"
ALL = (REGISTERED, WITH_QUERY, LOOPBACK, LOOPBACK_6, LOCALHOST, CUSTOM)


def hostile_uris() -> list[str]:
    """What comes close to what is registered, and is not it."""
    host, path = "app.example.org", "/cb"
    web = [
        # case, scheme and port
        "HTTPS://app.example.org/cb",
        "https://APP.example.org/cb",
        "https://app.example.org/CB",
        "http://app.example.org/cb",
        "https://app.example.org:443/cb",
        "https://app.example.org:/cb",
        "https://app.example.org:8443/cb",
        "https:app.example.org/cb",
        "https:/app.example.org/cb",
        "https:///app.example.org/cb",
        "https:\\\\app.example.org\\cb",
        "https:/\\app.example.org/cb",
        "//app.example.org/cb",
        "app.example.org/cb",
        "/cb",
        "",
        # hosts
        "https://app.example.org./cb",
        "https://.app.example.org/cb",
        "https://evil.org/cb",
        "https://app.example.org.evil.org/cb",
        "https://evil-app.example.org/cb",
        "https://xapp.example.org/cb",
        "https://sub.app.example.org/cb",
        "https://app.example.orgevil.org/cb",
        "https://example.org/cb",
        "https://app.example.org@evil.org/cb",
        "https://evil.org@app.example.org/cb",
        "https://user:pass@app.example.org/cb",
        "https://@app.example.org/cb",
        "https://app.example.org%40evil.org/cb",
        "https://app.example.org%25@evil.org/cb",
        "https://evil.org%23@app.example.org/cb",
        "https://evil.org#@app.example.org/cb",
        "https://evil.org\\@app.example.org/cb",
        "https://evil.org?@app.example.org/cb",
        "https://app.example.org;evil.org/cb",
        "https://app.example.org,evil.org/cb",
        "https://[app.example.org]/cb",
        "https://app.example.org%2eevil.org/cb",
        "https://app%2eexample.org/cb",
        "https://app.example.org%00.evil.org/cb",
        "https://app.example.org%0d%0a/cb",
        "https://\u0430pp.example.org/cb",
        "https://app\u3002example.org/cb",
        "https://app.example\u2024org/cb",
        "https://xn--pp-6kc.example.org/cb",
        "https://app.ex\u00adample.org/cb",
        "https://app.example.org\u2044cb",
        "https://app.example.org\uff0fcb",
        # paths
        "https://app.example.org/cb/",
        "https://app.example.org//cb",
        "https://app.example.org/cb//",
        "https://app.example.org/./cb",
        "https://app.example.org/cb/.",
        "https://app.example.org/cb/..",
        "https://app.example.org/cb/../cb",
        "https://app.example.org/x/../cb",
        "https://app.example.org/cb/../evil",
        "https://app.example.org/cb/%2e%2e/evil",
        "https://app.example.org/cb/%2E%2E/evil",
        "https://app.example.org/cb/%252e%252e/evil",
        "https://app.example.org/cb/..;/evil",
        "https://app.example.org/cb;/../evil",
        "https://app.example.org/cb;jsessionid=1",
        "https://app.example.org/cb%2f..%2fevil",
        "https://app.example.org/%63b",
        "https://app.example.org/c%62",
        "https://app.example.org/cb%00",
        "https://app.example.org/cb%20",
        "https://app.example.org/cb%",
        "https://app.example.org/cb\\",
        "https://app.example.org\\cb",
        "https://app.example.org/cb/evil",
        "https://app.example.org/cbevil",
        "https://app.example.org/c",
        "https://app.example.org/",
        "https://app.example.org",
        "https://app.example.org/evil?x=/cb",
        "https://app.example.org/evil#/cb",
        "https://app.example.org/*",
        "https://*.example.org/cb",
        "https://app.example.org/cb*",
        "*",
        "https://*/cb",
        ".*",
        "https://app.example.org/.*",
        "^https://app.example.org/cb$",
        # query and fragment
        "https://app.example.org/cb?",
        "https://app.example.org/cb?x=1",
        "https://app.example.org/cb?tenant=2",
        "https://app.example.org/cb?tenant=1&x=1",
        "https://app.example.org/cb?x=1&tenant=1",
        "https://app.example.org/cb?tenant=1&",
        "https://app.example.org/cb?&tenant=1",
        "https://app.example.org/cb?tenant=1&tenant=1",
        "https://app.example.org/cb?tenant=%31",
        "https://app.example.org/cb?Tenant=1",
        "https://app.example.org/cb?tenant=1#",
        "https://app.example.org/cb#",
        "https://app.example.org/cb#x",
        "https://app.example.org/cb%23",
        "https://app.example.org/cb%3Ftenant=1",
        # white space and control characters
        " https://app.example.org/cb",
        "https://app.example.org/cb ",
        "https://app.example.org/cb\n",
        "https://app.example.org/cb\r\n",
        "https://app.example.org/cb\r\nSet-Cookie: x=1",
        "https://app.example.org/cb\t",
        "ht\ntps://app.example.org/cb",
        "ht\ttps://app.example.org/cb",
        "https://app.exam\nple.org/cb",
        "https://app.exam\tple.org/cb",
        "\x00https://app.example.org/cb",
        "https://app.example.org/cb\x00",
        "https://app.example.org/cb\x0b",
        "https://app.example.org/cb\x7f",
        "https://app.example.org/cb\u200b",
        "https://app.example.org/cb\ufeff",
        "\ufeffhttps://app.example.org/cb",
        "https://app.example.org/cb\u2028",
        "https://app.example.org/cb\u202e",
        "https://app.example.org/c\u0301b",
        "https://app.example.org/cb\u00a0",
        # several
        "https://app.example.org/cb https://evil.org/",
        "https://app.example.org/cb,https://evil.org/",
        "https://evil.org/?https://app.example.org/cb",
        "https://evil.org/https://app.example.org/cb",
        "https://evil.org/#https://app.example.org/cb",
        "https://evil.org\\https://app.example.org/cb",
        # whole
        "https%3A%2F%2Fapp.example.org%2Fcb",
        "https://app.example.org/cb".encode("utf-16-le").decode("latin-1"),
        "https://app.example.org/cb" * 100,
    ]
    loopback = [
        "https://127.0.0.1:3000/cb",
        "HTTP://127.0.0.1:3000/cb",
        "http://127.0.0.1.evil/cb",
        "http://127.0.0.1.evil:3000/cb",
        "http://localhost.evil/cb",
        "http://localhost.evil:3000/cb",
        "http://localhost:3000.evil.org/cb",
        "http://127.0.0.1:3000.evil.org/cb",
        "http://evil@127.0.0.1:3000/cb",
        "http://127.0.0.1:3000@evil.org/cb",
        "http://127.0.0.1@evil.org/cb",
        "http://localhost@evil.org/cb",
        "http://localhost:pass@evil.org/cb",
        "http://LOCALHOST:3000/cb",
        "http://localhost./cb",
        "http://localhost%2eevil.org/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:03000/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:99999/cb",
        "http://127.0.0.1:100000/cb",
        "http://127.0.0.1:-1/cb",
        "http://127.0.0.1:+80/cb",
        "http://127.0.0.1: 80/cb",
        "http://127.0.0.1:80 /cb",
        "http://127.0.0.1:80:80/cb",
        "http://127.0.0.1:8\u0660/cb",
        "http://127.0.0.1:http/cb",
        "http://127.0.0.1:3000/CB",
        "http://127.0.0.1:3000/cb/",
        "http://127.0.0.1:3000//cb",
        "http://127.0.0.1:3000/../cb",
        "http://127.0.0.1:3000/cb/../cb",
        "http://127.0.0.1:3000/cb?x=1",
        "http://127.0.0.1:3000/cb?",
        "http://127.0.0.1:3000/cb#x",
        "http://127.0.0.1:3000/cb\n",
        "http://127.0.0.1:3000\\cb",
        "http://127.0.0.1:3000",
        "http://127.0.0.1/evil",
        "http://127.0.0.2:3000/cb",
        "http://127.0.1:3000/cb",
        "http://127.1:3000/cb",
        "http://2130706433:3000/cb",
        "http://0x7f000001/cb",
        "http://0x7f.0.0.1:3000/cb",
        "http://017700000001/cb",
        "http://0177.0.0.1:3000/cb",
        "http://127.000.000.001/cb",
        "http://0.0.0.0:3000/cb",
        "http://0:3000/cb",
        "http://[::]/cb",
        "http://[::1/cb",
        "http://::1/cb",
        "http://[0:0:0:0:0:0:0:1]/cb",
        "http://[::0001]/cb",
        "http://[::ffff:127.0.0.1]/cb",
        "http://[::1%25lo]/cb",
        "http://[::1]evil.org/cb",
        "http://[::1].evil.org/cb",
        "http://[::1]@evil.org/cb",
        "http://[::1]:0/cb",
        "http://10.0.0.1/cb",
        "http://192.168.0.1:3000/cb",
        "http://169.254.169.254/cb",
        "http://sub.localhost:3000/cb",
        "http://localhost6:3000/cb",
        "http://localtest.me:3000/cb",
        "http://loc\u0430lhost:3000/cb",
        "http://\uff11\uff12\uff17.0.0.1/cb",
        "http:127.0.0.1:3000/cb",
        "http:/127.0.0.1:3000/cb",
        "http:///127.0.0.1:3000/cb",
    ]
    custom = [
        "com.example.app:/cb/",
        "com.example.app:/CB",
        "com.example.app:cb",
        "com.example.app://cb",
        "com.example.app:///cb",
        "com.example.app:/cb?x=1",
        "com.example.app:/cb#x",
        "COM.example.app:/cb",
        "com.example.App:/cb",
        "com.example.app2:/cb",
        "com.example:/cb",
        "xcom.example.app:/cb",
        "com.example.app.evil:/cb",
        "com.example.app:/../cb",
        " com.example.app:/cb",
        "com.example.app:/cb\n",
    ]
    dangerous = [
        f"{scheme}{rest}"
        for scheme in ("javascript:", "JavaScript:", "java\nscript:", "\tjavascript:")
        for rest in ("alert(1)", f"//{host}{path}", "//%0aalert(1)")
    ]
    others = [
        f"{scheme}:{rest}"
        for scheme in ("data", "vbscript", "file", "blob", "about", "mailto")
        for rest in ("x", f"//{host}{path}")
    ]
    return [*web, *loopback, *custom, *dangerous, *others]


HOSTILE = hostile_uris()


def test_the_corpus_of_hostile_uris_is_large() -> None:
    """More than 200 different ones, so that nobody thins it out unseen."""
    assert len(set(HOSTILE)) == len(HOSTILE)
    assert len(HOSTILE) >= 220


@pytest.mark.parametrize("sent", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("native", [True, False])
def test_a_uri_that_only_resembles_a_registered_one_is_not_it(
    sent: str, native: bool
) -> None:
    """Conformance: AE-04, AE-05, AE-06, CS-44, CS-45."""
    assert not is_registered(ALL, sent, native)


@pytest.mark.parametrize("sent", ALL)
@pytest.mark.parametrize("native", [True, False])
def test_a_registered_uri_is_found_as_it_is(sent: str, native: bool) -> None:
    """Conformance: AE-04, AE-07."""
    assert is_registered(ALL, sent, native)


@pytest.mark.parametrize(
    ("sent", "registered"),
    [
        ("http://127.0.0.1/cb", LOOPBACK),
        ("http://127.0.0.1:1/cb", LOOPBACK),
        ("http://127.0.0.1:65535/cb", LOOPBACK),
        ("http://[::1]:49152/cb", LOOPBACK_6),
        ("http://localhost/cb", LOCALHOST),
        ("http://localhost:49152/cb", LOCALHOST),
    ],
)
def test_a_native_client_uses_any_port_of_its_own_computer(
    sent: str, registered: str
) -> None:
    """Conformance: AE-05, AE-06."""
    assert is_registered([registered], sent, True)
    assert not is_registered(ALL, sent, False)


def test_the_port_of_another_host_is_part_of_what_is_compared() -> None:
    """Conformance: AE-05."""
    registered = ["https://app.example.org:8443/cb"]
    assert not is_registered(registered, "https://app.example.org:8444/cb", True)


def test_one_loopback_address_does_not_stand_for_another() -> None:
    """Conformance: AE-05."""
    assert not is_registered([LOOPBACK], "http://localhost:3000/cb", True)
    assert not is_registered([LOOPBACK], "http://[::1]:3000/cb", True)


def test_a_loopback_uri_without_a_path_has_any_port() -> None:
    """Conformance: AE-05."""
    registered = ["http://127.0.0.1"]
    assert is_registered(registered, "http://127.0.0.1:8000", True)
    assert not is_registered(registered, "http://127.0.0.1:8000/", True)


BELOW = "https://app.example.org/sso/"


@pytest.mark.parametrize(
    "sent",
    [
        BELOW,
        f"{BELOW}login/?next=/../up",
        f"{BELOW}a.b/..c/.well-known/d",
        f"{BELOW}a%2fb;c=d%3b/100%25",
        f"{BELOW}%25252525",
        f"{BELOW}?next=https://evil.org/",
        REGISTERED,
    ],
)
def test_what_is_below_a_registered_place_is_registered_too(sent: str) -> None:
    assert is_within_registered([BELOW, REGISTERED], sent)


@pytest.mark.parametrize(
    "sent",
    [
        "https://app.example.org/sso",
        "https://app.example.org/ssoevil/",
        "https://app.example.org/SSO/",
        "https://app.example.org.evil.org/sso/",
        "https://user@app.example.org/sso/",
        "http://app.example.org/sso/",
        f"{BELOW}../evil",
        f"{BELOW}..",
        f"{BELOW}./login",
        f"{BELOW}%2e%2E/evil",
        f"{BELOW}.%2e?next=/",
        f"{BELOW}..\\evil",
        f"{BELOW}..%2fevil",
        f"{BELOW}a%2F../evil",
        f"{BELOW}..%5cevil",
        f"{BELOW}..;/evil",
        f"{BELOW}..;a=b/evil",
        f"{BELOW}..%3b/evil",
        f"{BELOW}%252e%252e/evil",
        f"{BELOW}..%25252fevil",
        f"{BELOW}%2525252525",
        f"{BELOW}a b",
        f"{BELOW}a\r\nSet-Cookie: a=b",
        f"{BELOW}#fragment",
        f"{BELOW}ü",
        f"{BELOW}{'a' * MAX_LENGTH}",
        "",
        f"{REGISTERED}/more",
    ],
)
def test_what_only_looks_as_if_it_were_below_a_registered_place_is_not(
    sent: str,
) -> None:
    assert not is_within_registered([BELOW, REGISTERED], sent)


@pytest.mark.parametrize(
    ("base", "times"), [(BELOW, 5), ("https://app.example.org/", 0)], ids=str
)
def test_a_path_is_decoded_a_few_times_at_most(
    base: str, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it is encoded, and not at all where it is below no place."""
    decoded: list[str] = []

    def unquote_and_count(path: str) -> str:
        decoded.append(path)
        return unquote(path)

    monkeypatch.setattr(redirects, "unquote", unquote_and_count)
    sent = f"{base}%{'25' * 950}"
    assert not is_within_registered([BELOW, *[REGISTERED] * 60], sent)
    assert len(decoded) == times


@pytest.mark.parametrize(
    "uri",
    [
        REGISTERED,
        WITH_QUERY,
        LOOPBACK,
        LOOPBACK_6,
        LOCALHOST,
        CUSTOM,
        "com.example.app://callback",
        "https://app.example.org",
        "https://app.example.org:8443/cb",
        "https://xn--mnchen-3ya.example/cb",
        "https://192.0.2.7/cb",
        "https://[2001:db8::1]:8443/cb",
        "https://app.example.org/%C3%A9?x=a%20b",
        "http://127.0.0.1",
        "http://localhost:33418/",
    ],
)
def test_a_redirect_uri_of_an_application_can_be_registered(uri: str) -> None:
    """Conformance: AE-07."""
    check_redirect_uri(uri)


@pytest.mark.parametrize(
    ("uri", "problem"),
    [
        ("", "empty"),
        ("https://app.example.org/" + "x" * MAX_LENGTH, "too_long"),
        ("https://app.example.org/a b", "characters"),
        ("https://app.example.org/é", "characters"),
        ("https://app.example.org/\n", "characters"),
        ("https://app.example.org/\\x", "characters"),
        ('https://app.example.org/"', "characters"),
        ("https://app.example.org/<x>", "characters"),
        ("https://app.example.org/{x}", "characters"),
        ("https://app.example.org/`", "characters"),
        ("https://app.example.org/%", "characters"),
        ("https://app.example.org/%zz", "characters"),
        ("\tjavascript:alert(1)", "characters"),
        ("java\nscript:alert(1)", "characters"),
        ("/cb", "not_absolute"),
        ("//app.example.org/cb", "not_absolute"),
        ("app.example.org/cb", "not_absolute"),
        ("HTTPS://app.example.org/cb", "not_absolute"),
        ("JavaScript:alert(1)", "not_absolute"),
        ("com.example.app:", "not_absolute"),
        (":x", "not_absolute"),
        ("https://app.example.org/#", "fragment"),
        ("https://app.example.org/#x", "fragment"),
        ("com.example.app:/cb#x", "fragment"),
        ("https://*.example.org/cb", "wildcard"),
        ("https://app.example.org/*", "wildcard"),
        ("cursor://anysphere.cursor/cb", "unknown_scheme"),
        ("http://app.example.org/cb", "not_https"),
        ("http://127.0.0.2/cb", "not_https"),
        ("http://localhost.evil/cb", "not_https"),
        ("https://user@app.example.org/cb", "user_information"),
        ("https://user:pass@app.example.org/cb", "user_information"),
        ("https://@app.example.org/cb", "user_information"),
        ("https:app.example.org/cb", "host"),
        ("https:/app.example.org/cb", "host"),
        ("https:///cb", "host"),
        ("https://", "host"),
        ("https://app.example.org:/cb", "host"),
        ("https://app.example.org:0/cb", "host"),
        ("https://app.example.org:65536/cb", "host"),
        ("https://app.example.org./cb", "host"),
        ("https://app..example.org/cb", "host"),
        ("https://-app.example.org/cb", "host"),
        ("https://app.example.org;x/cb", "host"),
        ("https://app%2eexample.org/cb", "host"),
        ("https://[app]/cb", "host"),
    ],
)
def test_what_must_not_be_registered_is_refused_with_the_reason(
    uri: str, problem: str
) -> None:
    """Conformance: AE-07."""
    with pytest.raises(RedirectRefused) as refused:
        check_redirect_uri(uri)
    assert refused.value.problem == problem
    assert str(refused.value)


def test_a_scheme_without_a_dot_is_allowed_by_name() -> None:
    """Conformance: AE-07."""
    check_redirect_uri("cursor://anysphere.cursor/cb", {"cursor"})
    with pytest.raises(RedirectRefused, match="vscode"):
        check_redirect_uri("vscode://x/cb", {"cursor"})


@pytest.mark.parametrize("scheme", sorted(FORBIDDEN_SCHEMES))
def test_a_dangerous_scheme_cannot_be_allowed(scheme: str) -> None:
    """Conformance: AE-07."""
    with pytest.raises(RedirectRefused) as refused:
        check_redirect_uri(f"{scheme}://x/cb", {scheme})
    assert refused.value.problem == "forbidden_scheme"


@pytest.mark.parametrize(
    ("uri", "loopback", "native"),
    [
        (REGISTERED, False, False),
        (LOOPBACK, True, True),
        (LOOPBACK_6, True, True),
        (LOCALHOST, True, True),
        (CUSTOM, False, True),
        ("https://localhost/cb", False, False),
    ],
)
def test_uris_of_native_applications_are_told_from_those_of_the_web(
    uri: str, loopback: bool, native: bool
) -> None:
    """Any program on the computer could listen there."""
    assert (is_loopback(uri), is_native(uri)) == (loopback, native)


@pytest.mark.parametrize(
    ("uri", "target", "origin"),
    [
        (REGISTERED, "app.example.org", "https://app.example.org"),
        (WITH_QUERY, "app.example.org", "https://app.example.org"),
        ("https://a.example:8443?x", "a.example:8443", "https://a.example:8443"),
        (LOOPBACK, "127.0.0.1:3000", "http://127.0.0.1:3000"),
        (LOOPBACK_6, "[::1]", "http://[::1]"),
        (CUSTOM, "com.example.app:", ""),
    ],
)
def test_people_read_where_a_uri_leads_in_short(
    uri: str, target: str, origin: str
) -> None:
    """Conformance: CO-05."""
    assert (shown_target(uri), origin_of(uri)) == (target, origin)


@pytest.mark.parametrize(
    ("uri", "host"),
    [
        (REGISTERED, "app.example.org"),
        ("https://a.example:8443?x", "a.example:8443"),
        (LOOPBACK, "127.0.0.1"),
        ("http://[::1]:3000/cb", "[::1]"),
        ("https://localhost:3000/cb", "localhost:3000"),
        (CUSTOM, "com.example.app:"),
    ],
)
def test_any_port_of_a_loopback_uri_is_one_host(uri: str, host: str) -> None:
    assert host_of(uri) == host


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        (REGISTERED, f"{REGISTERED}?code=x&state=a%2Bb"),
        (WITH_QUERY, f"{WITH_QUERY}&code=x&state=a%2Bb"),
        ("https://a.example/?", "https://a.example/?code=x&state=a%2Bb"),
        ("https://a.example/?b=1&", "https://a.example/?b=1&code=x&state=a%2Bb"),
        ("https://a.example/b&", "https://a.example/b&?code=x&state=a%2Bb"),
        (CUSTOM, f"{CUSTOM}?code=x&state=a%2Bb"),
    ],
)
def test_parameters_are_added_to_a_query_that_stays_as_it_is(
    uri: str, expected: str
) -> None:
    """Conformance: AE-08."""
    assert with_parameters(uri, [("code", "x"), ("state", "a+b")]) == expected


def test_a_fragment_stands_behind_the_query() -> None:
    """Conformance: LG-08."""
    expected = f"{WITH_QUERY}#scope=a+b&state=a%2Bb%23"
    assert with_fragment(WITH_QUERY, [("scope", "a b"), ("state", "a+b#")]) == expected
