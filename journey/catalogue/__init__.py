"""What the catalogue shows of the tables that dbt built: numbers, pictures, previews and words.

The models' YAML says what is shown (`config.meta`: figures, picture, preview), in SQL; this package
runs it on the private warehouse and draws. It knows no Dagster and decides nothing about data, and
nothing that it returns may be personal: no identifiers, no text that people wrote.
"""

from journey.catalogue.descriptions import check_sentence, description
from journey.catalogue.metadata import Exposure, Source, Table, exposures, sources, tables
from journey.catalogue.profile import Shown, look

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
