People get mail when an application that registered itself is allowed to act for them, and when one is signed out on a device by somebody else or because a refresh token was used twice.
