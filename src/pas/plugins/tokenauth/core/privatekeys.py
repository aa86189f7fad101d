"""Private keys where a public one belongs: recognised, never read.

Looks for what only secrets contain, also in text that is cut off or mangled on
its way here: calling something private by mistake does little harm.
"""

import base64
import re


_MARKS = re.compile(
    # PEM of every kind, also of PGP and SSH2; what was pasted may lack an end.
    r"(?:BEGIN|END)[\sA-Z0-9_-]{1,40}PRIVATE[\s_-]{1,3}KEY"
    r"|PuTTY-User-Key-File|Private-Lines:"
    # What `openssl pkey -text -noout` prints.
    r"|Private-Key:"
    # The body of a private key of OpenSSH: base64 of "openssh-key-v1".
    r"|b3BlbnNzaC1rZXktdjE"
    # Members of a JWK (RFC 7518 section 6) and of a keyfile, maybe quoted twice.
    r"""|["'](?i:d|p|q|dp|dq|qi|oth|k|private_?key)\\*["']\s*:"""
    # The XML of .NET.
    r"|<(?:D|InverseQ)>"
)
_ESCAPED = re.compile(r"\\u00([2-7][0-9A-Fa-f])")
_ARMOUR = re.compile(r"-----[^-]*-----")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]+")
#: Private keys start with a small version number (PKCS#1, PKCS#8, PKCS#12, SEC 1),
#: encrypted ones with an algorithm of PKCS#5 or PKCS#12; public keys do neither.
_PRIVATE_DER = re.compile(
    rb"\x30(?:[\x00-\x80]|\x81.|\x82..)"
    rb"(?:\x02\x01[\x00-\x03]"
    rb"|\x30(?:[\x00-\x80]|\x81.|\x82..)\x06.\x2a\x86\x48\x86\xf7\x0d\x01[\x05\x0c])",
    re.DOTALL,
)
#: How much base64 the pattern looks at.
_HEAD = 64


def holds_private_key(text: str) -> bool:
    """Whether there is a private key in a string, or a part of one."""
    # NUL: text in UTF-16 that was taken for something else.
    plain = _ESCAPED.sub(_unescaped, text.replace("\0", ""))
    return bool(_MARKS.search(plain)) or _is_private_der(plain)


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))


def _is_private_der(text: str) -> bool:
    """Whether it is the body of a PEM file, whatever the lines around it say."""
    head = _NOT_BASE64.sub("", _ARMOUR.sub("", text))[:_HEAD]
    der = base64.b64decode(head[: len(head) // 4 * 4])
    return bool(_PRIVATE_DER.match(der))
