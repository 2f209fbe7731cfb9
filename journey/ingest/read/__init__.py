"""Delivered files as relations: rows with their file and line, still in the tool's own words.

`inspection` looks at a file's bytes; `csv_files`, `json_files` and `parquet_files` read a batch of
like files into the relations of `relations`, and give a `Reading` of it. The other modules each
know one way in which files differ from what they should be. What rows mean, and which are kept, is
decided elsewhere.
"""
