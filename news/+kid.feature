Usage entries and audit lines name the key pair that has signed (``kid``): in REST, CSV and on the command line. So a rotation is done when the old pair is silent.
