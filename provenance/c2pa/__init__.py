"""Signed provenance: C2PA manifests, whose they are and what they say."""
