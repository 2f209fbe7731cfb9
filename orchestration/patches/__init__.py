"""Where Dagster and its dbt integration are changed; each has a test that fails at an upgrade."""
