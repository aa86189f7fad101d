The endpoint ``@service-keys`` of plone.restapi: list, issue, change, rotate and revoke service keys, make one what a deployment says it is, and read its usage log.
