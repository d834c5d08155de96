"""Machine-written text, English and French."""
