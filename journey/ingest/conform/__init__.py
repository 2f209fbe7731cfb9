"""Rows that were read, made rows of their contract: by a tool's format or a source's definition.

`batch` makes the table `conformed` of a batch; `conforming` holds its values against the contract;
`mapping` and `fitting` know the two formats that fit any file. Which of several versions of a key
are kept is not decided here.
"""
