"""Audits of a corpus or a crawler's log: what was reserved when the copies were made."""
