"""Training of the models of sound; never imported by what serves."""
