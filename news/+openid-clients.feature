Recipes for sites that log people in: another Plone site with pas.plugins.oidc, Apache with mod_auth_openidc, openid-client and Authlib, all tested; ``make demo-openid``.
