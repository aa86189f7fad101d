Applications can have people log in again or choose another account, learn when and how somebody
has logged in, and hear of log-outs by OpenID Connect's back channel and front channel; they can
log people out of Plone. Per application: ES256 and EdDSA, pairwise subjects, claims in the ID
token. [pas.plugins.tokenauth]
