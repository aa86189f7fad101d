The page of a service key tells when each key pair was last used, and ends one alone, as do REST and ``tokenauth end-secret``; the usage names the key pair that has signed.
