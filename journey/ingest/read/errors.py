"""Why files cannot be taken as they were asked for, and what the caller does about it.

The words of an UnreadableError are for the file's owner: what is wrong with it and what to do. The
others name files by their place in the batch. What fails for the machine's sake is `machine`'s.
"""


class UnreadableError(Exception):
    """The file cannot be taken. The message lacks the file's name, which the caller adds."""


class TooLargeError(UnreadableError):
    """The file is more than the settings allow: it can be taken when they allow more."""


class BadFilesError(Exception):
    """Some files of the batch cannot be read; the others can. Why not, by place in the batch."""

    def __init__(self, reasons: dict[int, UnreadableError]) -> None:
        super().__init__(f"{len(reasons)} files cannot be read")
        self.reasons = reasons


class StrayQuotesError(Exception):
    """Files with lines that a quote breaks: the numbers of those lines, by place in the batch."""

    def __init__(self, stray: dict[int, tuple[int, ...]]) -> None:
        super().__init__(f"{len(stray)} files have stray quotes")
        self.stray = stray


class ConcatenatedError(Exception):
    """Files in which records follow one another within a line. Places in the batch."""

    def __init__(self, places: set[int]) -> None:
        super().__init__(f"{len(places)} files have several records in a line")
        self.places = places


class NotDocumentsError(Exception):
    """Some files of the batch are no JSON documents; they may be lines. Places in the batch."""

    def __init__(self, places: set[int]) -> None:
        super().__init__(f"{len(places)} files are no documents")
        self.places = places


def given_twice(where: str, names: list[str]) -> UnreadableError:
    """A file in which columns that are read have one name; `where` is the subject."""
    return UnreadableError(f"{where} {', '.join(map(repr, names))} twice; rename one of them")


def damaged_parquet(why: str) -> UnreadableError:
    return UnreadableError(f"the Parquet file is damaged{why}; deliver it again")
