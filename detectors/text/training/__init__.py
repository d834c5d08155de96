"""How the text model is made; never imported by serving code."""
