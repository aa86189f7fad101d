An upgrade step brings what applications, OpenID and signed links need to sites that
had the add-on before; their keys and tokens work before and after.
