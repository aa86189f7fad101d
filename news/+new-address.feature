Owners get mail when a key or personal access token of theirs is used from a network where it was not used lately, once a day at most; a setting turns it off.
