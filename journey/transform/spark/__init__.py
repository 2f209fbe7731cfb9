"""The dbt project on a cluster: where its tables lie, the server that builds them, Python models.

Needs the extra `spark`; nothing is imported of it before it is asked for.
"""
