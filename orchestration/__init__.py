"""When things run and in what order. What the data means lives in dbt_project/."""
