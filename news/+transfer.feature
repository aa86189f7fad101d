A Manager can transfer a key or personal access token to another owner: on a page, over REST and with ``tokenauth transfer``. Its access tokens end, and both owners get mail.
