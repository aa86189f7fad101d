"""Requests to other servers, whose addresses come from people who are not trusted."""
