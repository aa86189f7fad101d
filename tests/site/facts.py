"""A site of which nothing is to be said."""

from pas.plugins.tokenauth.site.diagnostics import SiteFacts


FACTS = SiteFacts(
    reads_first=True,
    makes_users=True,
    sends_mail=True,
    administering=0,
    has_volto=False,
)
