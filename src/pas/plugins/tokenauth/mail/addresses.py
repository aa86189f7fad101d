"""Mail addresses that can stand in a header and in a mail server's envelope."""

from typing import Any

import re


#: A dot-atom (RFC 5322), but nothing that reads like an encoded word.
_ATOM = r"[!#$%&'*+/0-9=?A-Z^_`a-z{|}~-]+"
_LABEL = r"[0-9A-Za-z][0-9A-Za-z-]*"
_ADDRESS = re.compile(rf"(?!.*=\?){_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})*")
#: The longest that SMTP knows (RFC 5321).
_MAX_LENGTH = 254


def is_address(value: Any) -> bool:
    """Whether the value is one plain mail address."""
    if not isinstance(value, str) or len(value) > _MAX_LENGTH:
        return False
    return _ADDRESS.fullmatch(value) is not None
