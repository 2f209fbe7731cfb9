"""What buyers will do next: two published models of repeat buying, as mathematics on arrays.

What SQL cannot say belongs here: fits by maximum likelihood, and what follows from their
parameters. Who is a buyer, what counts as a purchase and until when people are observed is decided
by the models of `dbt_project/models/intermediate/value/`, which call this package. Nothing here
sees a person, a table or a file; nothing imports Dagster or dbt.
"""
