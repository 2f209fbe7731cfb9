"""`journey simulate`: the demo shop's exports, and a warehouse to load them into."""

import os
from datetime import datetime
from typing import Annotated

import typer

from journey.cli.app import Config, DataDir
from journey.core.settings import Settings
from journey.core.umask import as_the_user_makes_files

group = typer.Typer()


@group.command()
def simulate(
    people: Annotated[int, typer.Option(min=1, help="How many people visit the shop.")] = 5000,
    days: Annotated[int, typer.Option(min=1, help="Over how many days.")] = 120,
    seed: Annotated[int, typer.Option(help="Same seed, same shop.")] = 7,
    end_date: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day; default yesterday.", metavar="DATE"),
    ] = None,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write a demo shop's exports into the landing folder, with its truths in ground_truth.json.

    An installed journey begins in the current folder: where that has no journey.toml, it is given
    the demo shop's.

    Example: journey simulate --people 2000 --days 90 --seed 1
    """
    from demo import begin_warehouse
    from demo import simulate as simulate_shop
    from journey.cli import console
    from journey.core.paths import CONFIG_VARIABLE, default_config

    if config is None and not os.environ.get(CONFIG_VARIABLE):
        with as_the_user_makes_files():
            for path in begin_warehouse(default_config().parent):
                console.begun(path)
    settings = Settings.load(config, data_dir)
    summary = simulate_shop(
        settings.landing_dir,
        people=people,
        days=days,
        seed=seed,
        end_date=end_date.date() if end_date else None,
    )
    console.simulated(summary)
