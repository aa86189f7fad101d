Personal access tokens can be rotated like service keys: on a page, over REST and with ``tokenauth pat rotate``; the token before works on for a while.
