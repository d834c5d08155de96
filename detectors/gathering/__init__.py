"""Gathering what detectors learn from: where it is, who looked at it, what is twice in it.

A training set is a manifest: one line for each file with where it can be had again, under which
licence, and why its label is believed. The files themselves are never kept with the project.
`python -m detectors.gathering --help` tells the steps.
"""
