"""Other web sites log people in with their Plone account: OpenID Connect."""
