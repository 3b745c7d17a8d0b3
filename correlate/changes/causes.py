"""Why the score of each subject changed: a pure function over two frames of scores."""

from __future__ import annotations

import polars as pl

from correlate.changes.links import Ints, Names, left_over

__all__ = ["CAUSES", "CHANGE_SCHEMA", "changed", "paired"]

#: In the order in which they are told of a score that rose or stayed; of one that fell, what went goes first.
CAUSES = (
    "new breach",
    "new link",
    "link changed",
    "breach gone",
    "new subject",
    "subject gone",
    "model",
    "decay",
    "other",
)
_WHEN_FALLEN = ("breach gone", "new link", "link changed", "new breach", *CAUSES[4:])
CHANGE_SCHEMA = pl.Schema(
    {
        "subject_id": pl.String(),
        "old_score": pl.Float64(),
        "new_score": pl.Float64(),
        "change": pl.Float64(),
        "old_band": pl.String(),
        "new_band": pl.String(),
        "crossed": pl.Boolean(),
        "causes": pl.List(pl.String()),
        "breaches_added": pl.List(pl.String()),
        "breaches_gone": pl.List(pl.String()),
        "links_changed": pl.List(pl.String()),
    }
)
_IN_BOTH = pl.col("old_band").is_not_null() & pl.col("new_band").is_not_null()
_SCORED_ANEW = (pl.col("old_score") != pl.col("new_score")) | (pl.col("old_band") != pl.col("new_band"))


def paired(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Each subject of either frame (subject_id, score, band, first, count) in one row, by subject_id."""
    sides = [
        frame.select("subject_id", pl.exclude("subject_id").name.prefix(f"{side}_"))
        for side, frame in (("old", old), ("new", new))
    ]
    joined = sides[0].join(sides[1], on="subject_id", how="full", coalesce=True)
    return joined.sort("subject_id").with_row_index("no")


def changed(
    pairs: pl.DataFrame, *, old: Ints, new: Ints, names: Names, redated: bool, remodelled: bool
) -> pl.DataFrame:
    """The subjects of :func:`paired` in whom anything differs, with its causes, the main one first.

    Args:
        pairs: one row a subject.
        old: the packed links of the old frame.
        new: the packed links of the new one.
        names: what the numbers in the links stand for.
        redated: the frames are as of different days.
        remodelled: they were scored with different models.

    Returns:
        The columns of CHANGE_SCHEMA, sorted by subject_id. A subject of one frame only has null for the
        score and band of the other, and for the change.
    """
    links = _links(left_over(pairs.filter(_IN_BOTH), old, new), names)
    listed = ("breaches_added", "breaches_gone", "links_changed")
    differing = (
        pairs.join(links, on="no", how="left", maintain_order="left")
        .filter(~_IN_BOTH | _SCORED_ANEW | pl.col("new_link").is_not_null())
        .with_columns(pl.col(listed).fill_null([]), pl.col("new_link", "link_changed").fill_null(value=False))
    )
    by_links = pl.any_horizontal(pl.col(listed).list.len() > 0)
    told = _with_causes(differing, _flags(by_links, redated=redated, remodelled=remodelled))
    return told.select(
        "subject_id",
        # Rounded: the engine divides by multiplying, and 2690 would become 26.900000000000002.
        (pl.col("old_score", "new_score") / 100).round(2),
        ((pl.col("new_score") - pl.col("old_score")) / 100).round(2).alias("change"),
        "old_band",
        "new_band",
        (_IN_BOTH & (pl.col("old_band") != pl.col("new_band"))).alias("crossed"),
        "causes",
        *listed,
    ).cast(CHANGE_SCHEMA)


def _flags(by_links: pl.Expr, *, redated: bool, remodelled: bool) -> dict[str, pl.Expr]:
    """For each cause, whether it applies."""
    anew = _IN_BOTH & _SCORED_ANEW
    return {
        "new breach": pl.col("breaches_added").list.len() > 0,
        "new link": pl.col("new_link"),
        "link changed": pl.col("link_changed"),
        "breach gone": pl.col("breaches_gone").list.len() > 0,
        "new subject": pl.col("old_band").is_null(),
        "subject gone": pl.col("new_band").is_null(),
        "model": anew & pl.lit(remodelled),
        "decay": anew & ~by_links & pl.lit(redated),
        "other": anew & ~by_links & pl.lit(not redated and not remodelled),
    }


def _with_causes(differing: pl.DataFrame, flags: dict[str, pl.Expr]) -> pl.DataFrame:
    """Add the list of causes: they combine in few ways, so each way is put into words once."""
    fell = (pl.col("new_score") < pl.col("old_score")).fill_null(value=False)
    bits = [fell, *(flags[cause] for cause in CAUSES)]
    way = pl.sum_horizontal(bit.cast(pl.Int64) * 2**place for place, bit in enumerate(bits))
    marked = differing.with_columns(way=way)
    ways = marked["way"].unique().to_list()
    worded = {
        "way": ways,
        "causes": [
            [cause for cause in (_WHEN_FALLEN if one & 1 else CAUSES) if one >> (CAUSES.index(cause) + 1) & 1]
            for one in ways
        ],
    }
    table = pl.DataFrame(worded, schema={"way": pl.Int64, "causes": pl.List(pl.String)})
    return marked.join(table, on="way", how="left", maintain_order="left")


def _links(left: pl.DataFrame, names: Names) -> pl.DataFrame:
    """What became of each subject's breaches, from the links that only one side has.

    A breach may stand in a list more than once, where its name is withheld: what is left of both sides is
    then matched the likeliest with the likeliest.
    """
    ordered = names.ranked(left).sort(
        ["no", "breach", "side", "probability", "evidence", "depth"],
        descending=[False, False, False, True, False, False],
    )
    numbered = ordered.with_columns(place=pl.int_range(pl.len()).over("no", "breach", "side"))
    sides = [numbered.filter(pl.col("side") == side) for side in (-1, 1)]
    matched = sides[0].join(sides[1], on=["no", "breach", "place"], how="full", coalesce=True, suffix="_new")
    matched = matched.sort("no", "breach", "place")
    added, gone = pl.col("side").is_null(), pl.col("side_new").is_null()
    way = pl.col("evidence").ne_missing(pl.col("evidence_new"))
    way |= pl.col("depth").ne_missing(pl.col("depth_new"))
    return (
        matched.with_columns(name=names.breach_names().gather(matched["breach"]))
        .group_by("no", maintain_order=True)
        .agg(
            pl.col("name").filter(added).alias("breaches_added"),
            pl.col("name").filter(gone).alias("breaches_gone"),
            pl.col("name").filter(~added & ~gone).alias("links_changed"),
            (~added & ~gone & way).any().alias("new_link"),
            (~added & ~gone & ~way).any().alias("link_changed"),
        )
        .with_columns(pl.col("no").cast(pl.UInt32))
    )
