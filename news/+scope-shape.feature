A scope of an add-on says whether a token with it reaches the site, stores anything,
administers, or keeps an administrative role; sources may know scopes besides. A token
without a scope that reaches the site is refused.
