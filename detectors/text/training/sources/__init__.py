"""How the files of each place are read; one module a group of places."""
