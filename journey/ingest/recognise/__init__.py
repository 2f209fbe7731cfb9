"""Which tool a file comes from, and the settings file that a folder of exports begins with.

    found = recognise.folder(Path("exports"), data_dir)
    text = recognise.settings_text(found, currency="EUR", time_zone="Europe/Berlin")

A format is known by what its own file says (`known_by`, and the members that it reads); there is
no list of tools. A table of no tool is proposed as a mapping of its columns.
"""

from journey.ingest.recognise.delivered import Delivered
from journey.ingest.recognise.folders import folder
from journey.ingest.recognise.matching import expected, match
from journey.ingest.recognise.settings_text import settings_text
from journey.ingest.recognise.structure import Structure, structure_of

__all__ = ["Delivered", "Structure", "expected", "folder", "match", "settings_text", "structure_of"]
