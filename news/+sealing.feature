Secrets that must be readable are sealed with a key outside of the database: ``tokenauth sealing-key`` makes one, ``tokenauth reseal`` replaces it.
