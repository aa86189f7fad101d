"""Applications that register themselves: by a document (CIMD), or by RFC 7591."""
