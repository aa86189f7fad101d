Where an administrator names the owner of a credential, who is no user's id or login name is searched for: up to ten users that are like it are offered, if the administrator may list users.
