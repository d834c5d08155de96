"""People in the loop: what a review asks, what a decision changes, and what is signed of it.

Everything here is a function of data. A decision is a record beside the report it is about; the
report, its evidence and its verdict stay as they were written.
"""
