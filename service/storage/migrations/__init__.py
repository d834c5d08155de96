"""Migrations of the database, up and down, one file each."""
