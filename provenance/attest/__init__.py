"""Attestation: sign a statement about some bytes, so that anyone can check it offline, years later.

It signs any JSON predicate and knows nothing of what the predicate means. `statement` and `dsse`
say what is signed and how, `keys` by whom, `timestamp` since when, `merkle`, `log` and `store` in
which order; `receipt` puts it all into one record and `verifying` takes that apart again.
"""
