"""How well a detector does, and where it fails: manifests, scores, figures and cards."""
