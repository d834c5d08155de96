"""Opt-outs at work: one asset or URL checked, one use judged, a whole corpus audited."""
