"""Figures of one replication, each computed from its trace and its setting alone."""
