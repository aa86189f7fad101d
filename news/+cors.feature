Programs in web pages of other sites read the metadata, the challenges and the OAuth endpoints (CORS). ``HEAD`` tells the length of what ``GET`` sends.
