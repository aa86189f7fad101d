Service keys of ftw.tokenauth and collective.ftw.tokenauth are taken over; clients keep their keyfiles.
