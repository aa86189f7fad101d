"""What a request carries, and rules for its response."""
