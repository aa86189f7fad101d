"""The names of grant types, as clients send and register them."""

#: RFC 6749 sections 4.1, 6, 4.4, 4.3 and 4.2.
AUTHORIZATION_CODE = "authorization_code"
REFRESH_TOKEN = "refresh_token"
CLIENT_CREDENTIALS = "client_credentials"
PASSWORD = "password"
IMPLICIT = "implicit"
#: RFC 7523, RFC 8628 and RFC 8693.
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
