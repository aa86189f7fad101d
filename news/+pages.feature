Pages for people to issue, edit and revoke their own service keys and to see the usage log of each, in Classic UI, in English and German.
