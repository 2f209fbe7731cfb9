"""Mathematics on arrays that SQL cannot state: fitted models, attribution, tests of significance.

Who is a buyer, what counts as a purchase, which groups are compared and until when people are
observed is decided by the models of `dbt_project/models/intermediate/`, whose Python models call
this package. Nothing here sees a person, a table or a file; nothing imports Dagster or dbt.
"""
