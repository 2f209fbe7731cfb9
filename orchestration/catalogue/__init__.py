"""What the catalogue shows of the tables that dbt built: numbers, pictures, previews and words.

The models' YAML says what is shown (`config.meta`: figures, picture, preview), in SQL; this package
runs it on the private warehouse and draws. It knows no Dagster and decides nothing about data, and
nothing that it returns may be personal: no identifiers, no text that people wrote.
"""

from orchestration.catalogue.declared import Exposure, Source, Table, exposures, sources, tables
from orchestration.catalogue.looking import Shown, look
from orchestration.catalogue.words import check_sentence, description

__all__ = [
    "Exposure",
    "Shown",
    "Source",
    "Table",
    "check_sentence",
    "description",
    "exposures",
    "look",
    "sources",
    "tables",
]
