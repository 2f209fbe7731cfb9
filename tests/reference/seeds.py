"""The tables that a team may change without code, read from the project's seeds.

DEFAULTS are those printed in the definitions, written down here a second time so that a test can
hold the seeds against them.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from .channels import ChannelRule, ChannelSeeds, Click
from .orders import Rates
from .rows import EmailEvent, WebEvent

# experiment -> variant -> share, where it is not the same for all
Shares = Mapping[str, Mapping[str, Decimal]]
LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class StageRule:
    touchpoint: str  # a trailing * stands for any ending
    phase: str
    stage: str | None
    min_score: int | None = None

    def matches(self, touchpoint: str, score: int | None, phase: str) -> bool:
        if self.phase != phase:
            return False
        if self.min_score is not None and (score is None or score < self.min_score):
            return False
        if self.touchpoint.endswith("*"):
            return touchpoint.startswith(self.touchpoint[:-1])
        return touchpoint == self.touchpoint


@dataclass(frozen=True, slots=True)
class CohortGrid:
    max_period: int | None
    cohort_days: int | None
    segment_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """What a team wrote down on a touchpoint in a stage."""

    stage_model: str = ""
    stage: str = ""
    touchpoint: str = ""
    goal: str | None = None
    emotion: str | None = None
    opportunity: str | None = None
    owner: str | None = None
    target_metric: str | None = None
    target: float | None = None


@dataclass(frozen=True, slots=True)
class SegmentType:
    attribute: str
    max_segments: int
    is_retrospective: bool = False


# Each score lies between two, ends included; 0 is that of a person without a counted order.
ScoreRanges = tuple[tuple[int, int], tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Seeds:
    stages: dict[str, int]  # stage -> lapse_after_days, in order
    rules: list[StageRule]  # by position
    models: dict[str, dict[str, str]]  # stage model -> canonical stage -> its own name, in order
    grids: dict[str, CohortGrid]
    segment_types: dict[str, SegmentType]
    personas: list[tuple[str, ScoreRanges]]
    rates: Rates = field(default_factory=dict)
    bot_patterns: tuple[tuple[str, str | None], ...] = (("bot", None),)  # pattern, but not this
    experiment_shares: Shares = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    channels: ChannelSeeds = field(default_factory=ChannelSeeds)
    answers: dict = field(default_factory=dict, init=False, compare=False)  # asked before, and few

    def signalled_stage(self, touchpoint: str, score: int | None, phase: str) -> str | None:
        asked = (touchpoint, score, phase)
        if asked not in self.answers:
            matching = (rule.stage for rule in self.rules if rule.matches(*asked))
            self.answers[asked] = next(matching, None)
        return self.answers[asked]

    def is_bot(self, event: WebEvent | EmailEvent) -> bool:
        agent = (event.user_agent or "").lower()
        if agent not in self.answers:
            self.answers[agent] = any(
                pattern in agent and not (exception and exception in agent)
                for pattern, exception in self.bot_patterns
            )
        return self.answers[agent]

    def note(self, stage_model: str, stage: str, touchpoint: str) -> Note | None:
        asked = (stage_model, stage, touchpoint)
        found = (n for n in self.notes if (n.stage_model, n.stage, n.touchpoint) == asked)
        return next(found, None)

    def persona(self, scores: tuple[int, int, int]) -> str:
        (name,) = (
            name
            for name, ranges in self.personas
            if all(
                least <= score <= most for score, (least, most) in zip(scores, ranges, strict=True)
            )
        )
        return name

    def position(self, stage: str | None) -> int:
        """From 1; 0 for no stage."""
        return 0 if stage is None else list(self.stages).index(stage) + 1


# ---------------------------------------------------------------- as printed in the definitions

DEFAULT_STAGES = {
    "awareness": 30,
    "consideration": 30,
    "intent": 30,
    "purchase": 90,
    "retention": 90,
    "advocacy": 90,
}

CONSIDERATION = [
    *(
        f"web:{name}"
        for name in (
            "product_view",
            "view_item",
            "select_item",
            "select_promotion",
            "search",
            "view_search_results",
            "compare",
            "review_read",
        )
    ),
    "email:clicked",
    "email:resubscribed",
]
INTENT = [
    f"web:{name}"
    for name in (
        "add_to_cart",
        "view_cart",
        "add_to_wishlist",
        "begin_checkout",
        "add_shipping_info",
        "add_payment_info",
        "coupon_applied",
        "pricing_view",
    )
]
RETENTION = [
    "support:opened",
    "loyalty:joined",
    "web:login",
    "web:account_view",
    "web:order_tracked",
]
ADVOCACY = ["referral:sent", "web:share", "web:refer_friend"]


def default_stage_of(touchpoint: str, score: int | None, phase: str) -> str | None:
    """The table of definitions.md, "Stage rules", read row by row."""
    before, own, after = None, None, None
    if touchpoint == "email:opened":
        before, after = "awareness", "retention"
    elif touchpoint in CONSIDERATION:
        before, after = "consideration", "retention"
    elif touchpoint in INTENT:
        before, after = "intent", "retention"
    elif touchpoint == "web:purchase":
        pass
    elif touchpoint == "order:placed":
        own, after = "purchase", "retention"
    elif touchpoint in RETENTION:
        own, after = "retention", "retention"
    elif (
        touchpoint in ADVOCACY
        or (touchpoint == "feedback:review" and score is not None and score >= 4)
        or (touchpoint == "feedback:nps" and score is not None and score >= 9)
    ):
        own, after = "advocacy", "advocacy"
    elif touchpoint.startswith("web:"):
        before = "awareness"
    return {"before": before, "own": own, "after": after}[phase]


def _default_rules() -> list[StageRule]:
    named = [
        "email:opened",
        *CONSIDERATION,
        *INTENT,
        "web:purchase",
        "order:placed",
        *RETENTION,
        *ADVOCACY,
    ]
    scored = [("feedback:review", 4), ("feedback:nps", 9)]
    return [
        StageRule(touchpoint, phase, default_stage_of(touchpoint.strip("*"), score, phase), score)
        for touchpoint, score in [*((name, None) for name in named), *scored, ("web:*", None)]
        for phase in ("before", "own", "after")
    ]


def _model(*names: str) -> dict[str, str]:
    return dict(zip(DEFAULT_STAGES, names, strict=True))


DEFAULT_MODELS = {
    "digital": _model("Awareness", "Consideration", "Intent", "Purchase", "Retention", "Advocacy"),
    "affiliate": _model(
        "Awareness", "Consideration", "Decision", "Decision", "Retention", "Advocacy"
    ),
    "marketplace": _model("Awareness", "Interest", "Decision", "Action", "Retention", "Retention"),
    "experience": _model(
        "Awareness",
        "Consideration",
        "Consideration",
        "Purchase",
        "Post-purchase",
        "Post-purchase",
    ),
    "aida": _model("Awareness", "Interest", "Desire", "Action", "Loyalty", "Advocacy"),
}

DEFAULTS = Seeds(
    stages=DEFAULT_STAGES,
    rules=_default_rules(),
    models=DEFAULT_MODELS,
    grids={
        "day": CohortGrid(30, 90, ("all", "channel")),
        "week": CohortGrid(52, None, ("all", "channel", "country", "device", "persona")),
        "month": CohortGrid(
            None, None, ("all", "channel", "campaign", "country", "device", "persona")
        ),
    },
    segment_types={
        "all": SegmentType("everyone", 1),
        "channel": SegmentType("acquisition_channel", 20),
        "campaign": SegmentType("acquisition_campaign", 20),
        "country": SegmentType("country", 20, is_retrospective=True),
        "device": SegmentType("device", 20),
        "persona": SegmentType("persona", 20, is_retrospective=True),
    },
    personas=[("buyer", ((1, 5),) * 3), ("prospect", ((0, 0),) * 3)],
)


# ---------------------------------------------------------------- as the project's seeds have it


def load_seeds(folder: Path) -> Seeds:
    stages = sorted(seed_rows(folder, "stages"), key=lambda row: int(row["stage_position"]))
    rules = sorted(seed_rows(folder, "stage_rules"), key=lambda row: int(row["position"]))
    models: dict[str, dict[str, str]] = {}
    for row in seed_rows(folder, "stage_models"):
        models.setdefault(row["stage_model"], {})[row["canonical_stage"]] = row["stage"]
    in_order = [row["stage"] for row in stages]
    return Seeds(
        stages={row["stage"]: int(row["lapse_after_days"]) for row in stages},
        rules=[
            StageRule(
                row["touchpoint"],
                row["phase"],
                row["stage"] or None,
                int(row["min_score"]) if row["min_score"] else None,
            )
            for row in rules
        ],
        models={
            model: {stage: names[stage] for stage in in_order} for model, names in models.items()
        },
        grids=load_grids(folder),
        segment_types=load_segment_types(folder),
        personas=load_personas(folder),
        rates=load_rates(folder),
        bot_patterns=tuple(
            (row["pattern"].lower(), row["except_pattern"].lower() or None)
            for row in seed_rows(folder, "bot_patterns")
        ),
        experiment_shares=load_experiment_shares(folder),
        notes=load_notes(folder),
        channels=load_channels(folder),
    )


def load_grids(folder: Path) -> dict[str, CohortGrid]:
    return {
        row["grain"]: CohortGrid(
            int(row["max_period"]) if row["max_period"] else None,
            int(row["cohort_days"]) if row["cohort_days"] else None,
            tuple(row["segment_types"].replace("|", " ").replace(",", " ").split()),
        )
        for row in seed_rows(folder, "cohort_grids")
    }


def load_segment_types(folder: Path) -> dict[str, SegmentType]:
    return {
        row["segment_type"]: SegmentType(
            row["attribute"], int(row["max_segments"]), row["is_retrospective"] == "true"
        )
        for row in seed_rows(folder, "segment_types")
    }


def load_personas(folder: Path) -> list[tuple[str, ScoreRanges]]:
    scores = ("recency", "frequency", "monetary")
    return [
        (
            row["persona"],
            tuple((int(row[f"least_{score}"]), int(row[f"most_{score}"])) for score in scores),
        )
        for row in seed_rows(folder, "personas")
    ]


def load_experiment_shares(folder: Path) -> Shares:
    shares: dict[str, dict[str, Decimal]] = {}
    for row in seed_rows(folder, "experiment_shares"):
        shares.setdefault(row["experiment"], {})[row["variant"]] = Decimal(row["share"])
    return shares


def load_notes(folder: Path) -> tuple[Note, ...]:
    rows = (
        {k: v or None for k, v in row.items()} for row in seed_rows(folder, "journey_map_notes")
    )
    return tuple(
        Note(**row | {"target": float(row["target"]) if row["target"] else None}) for row in rows
    )


def load_channels(folder: Path) -> ChannelSeeds:
    rules = sorted(seed_rows(folder, "channel_rules"), key=lambda row: int(row["position"]))
    return ChannelSeeds(
        rules=tuple(
            ChannelRule(
                row["channel"],
                row["source_category"],
                row["source_pattern"],
                row["medium_pattern"],
                row["campaign_pattern"],
                row["yields_to_paid_click"] == "true",
            )
            for row in rules
        ),
        categories={
            row["traffic_source"]: row["source_category"]
            for row in seed_rows(folder, "channel_sources")
        },
        clicks={
            row["click_parameter"]: Click(
                row["traffic_source"], row["medium"], row["is_paid"] == "true"
            )
            for row in seed_rows(folder, "click_ids")
        },
    )


def load_rates(folder: Path) -> Rates:
    rates: Rates = {}
    for row in seed_rows(folder, "exchange_rates"):
        day = date.fromisoformat(row["rate_date"])
        pair = (row["currency"], row["reporting_currency"])
        rates.setdefault(pair, []).append((day, Decimal(row["rate"])))
    return {pair: sorted(known) for pair, known in rates.items()}


def seed_rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as seed:
        return list(csv.DictReader(seed))
