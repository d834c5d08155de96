"""Trained models as folders of data: read, checked, run, installed. Never code.

A model is a folder with `model.json` and the files it names. `folder` opens one and refuses what it
should not hold, `windowed` makes a detector of it, `places` knows where installed ones are.
"""
