"""Sound: what kind of work a recording is, and what its samples give away."""
