"""The demo shop: known probabilities in, real export formats out.

Here: everything that invents people, journeys and the files their tools would have exported.
Not here: anything that reads those files back (ingest), and anything of Dagster.
"""

from demo.simulation import Summary, simulate
from demo.warehouse import begin_warehouse

__all__ = ["Summary", "begin_warehouse", "simulate"]
