The page with a fresh keyfile begins with *Download client.py* and two commands; the other programs are folded below.
