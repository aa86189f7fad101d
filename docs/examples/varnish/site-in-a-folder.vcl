# The site /Plone of Zope is https://www.example.org/Plone; that is its issuer too.
vcl 4.1;

backend zope {
    .host = "127.0.0.1";
    .port = "8080";
}

sub vcl_recv {
    # Zope trusts it, and IP ranges depend on it: never what the client sends. Who ends
    # TLS tells Varnish the address of the client, by the PROXY protocol.
    set req.http.X-Forwarded-For = client.ip;
    # Clients insert the name of the document before the path of the site.
    set req.url = regsub(req.url,
        "^/\.well-known/(oauth-authorization-server|oauth-protected-resource|openid-configuration)/Plone(/[^?]*)?(\?|$)",
        "/Plone/.well-known/\1\2\3");
    if (req.url !~ "^/Plone([/?]|$)") {
        return (synth(404));
    }
    set req.url = regsub(req.url, "^/Plone",
        "/VirtualHostBase/https/www.example.org:443/Plone/VirtualHostRoot/_vh_Plone");
    # Requests with Authorization or a cookie are passed on by what follows here,
    # Varnish's own vcl_recv: no token is answered from the cache.
}
