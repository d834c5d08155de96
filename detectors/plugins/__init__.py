"""Doors through which models from elsewhere become detectors."""
