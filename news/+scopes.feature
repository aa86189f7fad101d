Scopes limit what a program may do with a key or token: with ``plone.read`` nothing that its requests do is stored. Add-ons can register scopes of their own.
