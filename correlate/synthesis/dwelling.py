"""Where households live: a town, a street and a number for each of their moves."""

from __future__ import annotations

import numpy as np
import polars as pl

from correlate.synthesis.chance import Ints, mixed, uniform
from correlate.synthesis.places import Places

__all__ = ["ABBREVIATED", "STREETS", "residence_at", "street_at"]

_KINDS = {
    "rue": 62, "avenue": 12, "boulevard": 4, "chemin": 6, "impasse": 6, "allée": 5, "place": 3, "route": 4, "square": 1,
    "résidence": 2, "quai": 1,
}  # fmt: skip
_SHORT = {"avenue ": "av ", "boulevard ": "bd ", "chemin ": "ch ", "impasse ": "imp ", "allée ": "all ", "place ": "pl "}
_STREET_NAMES = (
    "de la République|Victor Hugo|des Lilas|de l'Église|du Moulin|de la Gare|des Écoles|du Château|Jean Jaurès|"
    "de la Mairie|des Acacias|du Stade|Pasteur|des Tilleuls|de la Fontaine|du 8 Mai 1945|du 11 Novembre|Gambetta|"
    "des Rosiers|de Verdun|Jules Ferry|des Vignes|du Général de Gaulle|de la Liberté|Émile Zola|Pierre Curie|"
    "Molière|des Peupliers|du Lavoir|de la Paix|Anatole France|des Cerisiers|de Paris|de Lyon|des Jardins|"
    "Voltaire|du Maréchal Foch|des Champs|de la Poste|Louis Pasteur|Lamartine|des Chênes|du Bois|des Prés|"
    "Racine|du Puits|de la Forêt|des Érables|Saint-Martin|Saint-Jean|Notre-Dame|de la Croix|Carnot|Danton|"
    "Diderot|Mozart|Ravel|Debussy|Berlioz|Claude Monet|Paul Cézanne|Renoir|Rodin|des Mésanges|des Hirondelles|"
    "des Alouettes|du Parc|de l'Europe|de la Résistance|des Frères Lumière|Marie Curie|Louise Michel|Joliot-Curie|"
    "du Port|de la Plage|des Pins|de la Mer|du Lac|du Canal|de la Rivière|du Pont|des Bleuets|des Violettes|"
    "du Vieux Bourg|de Bretagne|de Normandie|d'Alsace|de Provence|des Fleurs|de la Source|du Four|du Marché|"
    "des Halles|Basse|Haute|Neuve|de la Cité|du Soleil|de Bourgogne|de la Vallée|des Coteaux|de Bel Air|"
    "du Clos|de la Garenne|de Beauregard|du Verger|des Noyers|des Platanes|du Cimetière|de la Tour|du Temple"
).split("|")
_STAYS_IN_TOWN = 0.45
_NUMBER_SCALE, _BIS_SHARE = 38.0, 0.03


def _streets() -> tuple[pl.Series, pl.Series]:
    """Give every street, whole and abbreviated, a kind as often as its weight says."""
    kinds = [kind for kind, weight in _KINDS.items() for _ in range(weight)]
    whole = pl.Series([f"{kind} {name}" for kind in kinds for name in _STREET_NAMES])
    return whole, whole.str.replace_many(list(_SHORT), list(_SHORT.values()))


STREETS, ABBREVIATED = _streets()


def residence_at(places: Places, household: Ints, version: Ints, seed: int) -> Ints:
    """Give the position among residences of each household at a version; a move often stays in town."""
    drawn = places.residences.draw(uniform(household, seed, "residence", version))
    stays = uniform(household, seed, "stays", version) < _STAYS_IN_TOWN
    first = places.residences.draw(uniform(household, seed, "residence", 0))
    return np.where(stays | (version == 0), first, drawn)


def street_at(household: Ints, version: Ints, seed: int, table: pl.Series = STREETS) -> pl.Series:
    """Write number and street of each household at a version."""
    spread = uniform(household, seed, "street number", version)
    number = 1 + (-np.log1p(-spread) * _NUMBER_SCALE).astype(np.int64)
    bis = uniform(household, seed, "bis", version) < _BIS_SHARE
    street = (mixed(household, seed, "street", version) % np.uint64(len(table))).astype(np.int64)
    parts = pl.DataFrame(
        {
            "number": number,
            "bis": pl.Series([" ", " bis "]).gather(bis.astype(np.int64)),
            "street": table.gather(street),
        }
    )
    return parts.select(pl.concat_str("number", "bis", "street").alias("street"))["street"]
