No other plugin reads our tokens in the Authorization header, in whatever order plugins are asked: they see one word that means nothing.
