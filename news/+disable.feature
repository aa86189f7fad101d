Keys and personal access tokens can be disabled for a time and enabled again: in the list, over REST and with ``tokenauth disable`` and ``enable``.
