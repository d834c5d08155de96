"""Gates: what kind of work one is, so that a detector judges only what it was made for."""
