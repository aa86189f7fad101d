"""Commands that use a fresh personal access token, ready to run.

They take it from a variable of the shell, so that they can be kept and shown around.
"""

from ...credentials.pages.secretpage import Example
from ...i18n import _
from string import Template
from urllib.parse import quote

import shlex


_BEARER = Template("""\
curl -sS $url \\
    -H "Authorization: Bearer $$TOKEN" -H "Accept: application/json"
""")

_BASIC = Template("""\
curl -sS $url \\
    -u $user:"$$TOKEN" -H "Accept: application/json"
""")

#: Reads a line that nobody sees, in the common shells.
ASK = Example(
    id="example-ask",
    title=_("Give the token to your shell"),
    text="read -rs TOKEN\n",
)


def token_examples(owner: str, site_url: str, as_password: bool) -> list[Example]:
    """Commands that ask the site for the owner of the token.

    :param as_password: whether the site accepts tokens as passwords
    """
    url = shlex.quote(f"{site_url}/@users/{quote(owner, safe='')}")
    bearer = Example(
        id="example-curl", title=_("curl"), text=_BEARER.substitute(url=url)
    )
    # In Basic authentication, a colon ends the user name.
    if not as_password or ":" in owner:
        return [bearer]
    user = shlex.quote(owner)
    basic = Example(
        id="example-basic",
        title=_("As a password, for tools that know nothing else"),
        text=_BASIC.substitute(url=url, user=user),
    )
    return [bearer, basic]
