Mail to owners: 14 and 3 days before a key expires, when a key is issued or rotated for their account, and when somebody else changes one.
