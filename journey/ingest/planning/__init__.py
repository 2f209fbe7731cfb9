"""What a run has to load: the files that lie in the landing paths, against what the ledger knows.

`landing` finds the files, `plan` says which are new and which loaded ones have ended, by their
places (`superseding`) and by what decides how they are read (`fingerprints`). Nothing here reads a
file's rows or writes any.
"""
