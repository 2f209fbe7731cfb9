"""Dagster definitions: thin, one subject a file, found by their folder. No logic lives here."""
