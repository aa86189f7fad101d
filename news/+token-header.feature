Beside a proxy that takes the header ``Authorization`` for itself, tokens can arrive in another header that zope.conf names (``token-header X-Plone-Token``).
