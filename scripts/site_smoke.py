"""Start a new site with the add-on that this Python has installed, and visit it."""

from instance import ADDON_PROFILE
from instance import running_instance

import urllib.request


with running_instance("site-smoke") as instance:
    with urllib.request.urlopen(instance.url) as response:
        page = response.read().decode()
    assert response.status == 200, response.status
    assert "plone-" in page, page[:500]
    print(f"{instance.url} answers, with {ADDON_PROFILE} applied")
