Service keys, signed grants and short-lived access tokens: the token endpoint, the PAS plugin, IP ranges, impersonation, usage logs and settings in the ZMI.
