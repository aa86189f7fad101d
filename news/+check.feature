``@@tokenauth-check`` lets a proxy protect what is not Plone, by tokens and by log-ins of a site.
