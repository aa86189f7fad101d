Owners sort and page their keys, choose an expiry, give only a public key, rotate a key, and see its usage as a chart and as CSV.
