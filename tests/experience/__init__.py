"""Satisfaction, referrals, experiments and lifecycle: what dbt and the recount cannot show."""
