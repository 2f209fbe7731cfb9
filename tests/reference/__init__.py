"""An independent recount of the warehouse: plain Python, one person at a time.

It is written from the definitions alone, never from the SQL, and prefers the literal reading of a
sentence to speed, so that the warehouse and the recount cannot share a mistake by construction.
Nothing of the warehouse may import it, and it imports nothing of the warehouse.
"""
