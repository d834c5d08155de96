"""One module for each protocol; each keeps `provenance.protocols.RightsReader`."""
