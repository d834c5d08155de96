"""Bytes become pixels, samples or text. Only ever called inside a sandboxed worker."""

from detectors.decode.fault import Undecodable

__all__ = ["Undecodable"]
