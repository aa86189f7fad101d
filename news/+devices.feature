Applications on devices without a browser get tokens by the device grant (RFC 8628): a
person enters a code at ``@@device``. Off until the site and the application allow it.
