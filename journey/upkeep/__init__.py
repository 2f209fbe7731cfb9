"""A data dir as a whole: its layout, what is wrong with it, copies of it, what ages in it.

What any of its parts means is that part's.
"""
