"""Makes a model folder from a manifest of works; never imported by what serves.

`run.train` goes through it once: audit by Assay's own readers of reservations, preparation in the
sandbox, held-out scores, the final fit, the network, the tables, the card.
"""
