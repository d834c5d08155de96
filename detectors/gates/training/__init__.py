"""Making a gate. Nothing that serves imports this."""
