``tokenauth doctor`` tells what needs attention in a site, and panel and command name each role that counts as administration with the permission that makes it so.
