``@@tokenauth-health`` tells load balancers whether a front end can do its work: database, news from the ZEO server, clock; 200 or 503, in JSON. Add-ons register checks of their own.
