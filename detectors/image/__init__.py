"""What a picture is like: its kind, and what a detector of pictures asks of it."""
