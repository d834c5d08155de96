"""Unsigned declarations of origin: what metadata say about how a work was made."""
