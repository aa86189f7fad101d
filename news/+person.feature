The list of the panel, filtered by an owner, shows what they have in a section for each kind.
