*Issue for another user* asks for the owner first, or takes it from a link (``?owner=``), and then offers the scopes that the owner can have.
