"""What the owner of a work says about its use by others: reservations, permissions, conditions.

One module for each protocol, in `provenance.rights.readers`. They turn what they find into
`Reservation` records; what follows from several of them is decided elsewhere.
"""
