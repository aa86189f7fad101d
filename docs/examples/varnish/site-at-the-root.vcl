# The site /Plone of Zope is https://www.example.org; that is its issuer too.
vcl 4.1;

backend zope {
    .host = "127.0.0.1";
    .port = "8080";
}

sub vcl_recv {
    # Zope trusts it, and IP ranges depend on it: never what the client sends. Who ends
    # TLS tells Varnish the address of the client, by the PROXY protocol.
    set req.http.X-Forwarded-For = client.ip;
    set req.url = "/VirtualHostBase/https/www.example.org:443/Plone/VirtualHostRoot" + req.url;
    # Requests with Authorization or a cookie are passed on by what follows here,
    # Varnish's own vcl_recv: no token is answered from the cache.
}
