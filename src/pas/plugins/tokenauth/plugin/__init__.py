"""The PAS plugin, and its pages in the ZMI."""
