# Volto serves https://www.example.org. The issuer of the site /Plone of Zope is
# https://www.example.org/++api++, the URL of its pages https://www.example.org/ClassicUI.
vcl 4.1;

backend zope {
    .host = "127.0.0.1";
    .port = "8080";
}

backend volto {
    .host = "127.0.0.1";
    .port = "3000";
}

sub vcl_recv {
    # Zope trusts it, and IP ranges depend on it: never what the client sends. Who ends
    # TLS tells Varnish the address of the client, by the PROXY protocol.
    set req.http.X-Forwarded-For = client.ip;
    # Clients insert the name of the document before the path of the issuer.
    set req.url = regsub(req.url,
        "^/\.well-known/(oauth-authorization-server|oauth-protected-resource|openid-configuration)/\+\+api\+\+(/[^?]*)?(\?|$)",
        "/++api++/.well-known/\1\2\3");
    if (req.url ~ "^/\+\+api\+\+([/?]|$)") {
        set req.url = regsub(req.url, "^/\+\+api\+\+/?",
            "/VirtualHostBase/https/www.example.org:443/Plone/++api++/VirtualHostRoot/");
    } elsif (req.url ~ "^/ClassicUI([/?]|$)") {
        # The pages of Plone: log-in, and what the add-on shows people.
        set req.url = regsub(req.url, "^/ClassicUI",
            "/VirtualHostBase/https/www.example.org:443/Plone/VirtualHostRoot/_vh_ClassicUI");
    } else {
        set req.backend_hint = volto;
    }
    # Requests with Authorization or a cookie are passed on by what follows here,
    # Varnish's own vcl_recv: no token is answered from the cache.
}
