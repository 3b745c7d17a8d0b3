"""Fraudsters let loose on a synthetic France: who is defrauded, and what a fraudster really held.

Shares no code with the scorer. A fraudster holds some of the leaked files in the clear, puts rows together by
whom they are truly about, misses some and gives others to a namesake, picks targets among those who seem to
have all that a trade needs, and succeeds at times where it is true today. What is true today is read off the
files where the insurer's own file of today shows the value; where it does not, changes are drawn here.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks import attack_table as table
from benchmarks.attack_table import Attack

__all__ = ["Conduct", "Season", "World", "expected", "possession", "season", "seasons"]

Bits = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MAJORITY = 18
_DAYS_A_YEAR = 365.25
# Classes that change together: they share the day of the change.
_TOGETHER = {"ZIP": "ADDR", "BANKNAME": "IBAN", "POLICY": "INSURER", "POLICYDATES": "INSURER"}


@dataclass(frozen=True, kw_only=True)
class Conduct:
    """How fraudsters go about it.

    Attributes:
        circulation: the chance that a fraudster holds each file.
        misses: least and greatest share of true links missed.
        wrong: least and greatest share of rows given to a namesake.
        richest: the share of fraudsters who work from the richest target down; the others as it comes.
        persuasion: whether what is known of a person makes a message much more credible, or a little.
        mates: whether they make use of what a row shows of others of the household.
        attacks: the trades.
    """

    circulation: Mapping[str, float]
    misses: tuple[float, float] = table.MISSES
    wrong: tuple[float, float] = table.WRONG
    richest: float = 0.5
    persuasion: bool = True
    mates: bool = False
    attacks: tuple[Attack, ...] = table.ATTACKS


@dataclass(frozen=True, kw_only=True)
class World:
    """Records of a synthetic France, sorted by breach: whose they are, what they hold, what is true today.

    ``held`` and ``true`` are sets of classes as bits, in the order of ``classes``. ``namesake`` is another
    person of that name in the same file, or -1. A row with ``mate`` is what another's row shows of a member
    of the same household: the address, the number or the account they share today. People are numbered from
    0; ``member`` is None for those who are not the insurer's.
    """

    breaches: tuple[str, ...]
    classes: tuple[str, ...]
    breach: Ints
    person: Ints
    held: Bits
    true: Bits
    namesake: Ints
    own_nir: Flags
    mate: Flags
    household: Ints
    adult: Flags
    member: pl.Series

    @property
    def people(self) -> int:
        """How many people there are."""
        return len(self.household)

    def bits(self, names: Iterable[str]) -> int:
        """A set of classes; those that no file holds count for nothing."""
        return sum(1 << self.classes.index(name) for name in set(names) if name in self.classes)

    @classmethod
    def read(cls, folder: Path, dates: Mapping[str, datetime.date], today: datetime.date, seed: int) -> World:
        """Read what ``correlate synth`` wrote; ``dates`` are those of the breaches."""
        people = pl.read_parquet(folder / "people.parquet").sort("person_id")
        subjects = pl.read_parquet(folder / "subjects.parquet")
        truth = pl.read_parquet(folder / "truth.parquet")
        breaches = tuple(sorted(truth["breach"].unique().to_list()))
        named = {name for names in truth["classes"].explode().unique().drop_nulls() for name in (names,)}
        classes = tuple(sorted({*named, *(other for name in named for other in table.IMPLIED.get(name, ()))}))
        world = cls(
            breaches=breaches,
            classes=classes,
            breach=np.empty(0, dtype=np.int64),
            person=np.empty(0, dtype=np.int64),
            held=np.empty(0, dtype=np.int64),
            true=np.empty(0, dtype=np.int64),
            namesake=np.empty(0, dtype=np.int64),
            own_nir=np.empty(0, dtype=np.bool_),
            mate=np.empty(0, dtype=np.bool_),
            household=people["household_id"].to_numpy(),
            adult=(today.year - people["birth_year"].to_numpy()) >= _MAJORITY,
            member=people["member_id"],
        )
        changes = _Changes(world, np.random.default_rng([seed, 1]))
        parts = [
            _records(world, changes, folder, subjects, truth.filter(breach=name), (today - dates[name]).days)
            for name in breaches
        ]
        columns = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
        sizes = [len(part["person"]) for part in parts]
        return cls(**{**vars(world), **columns, "breach": np.repeat(np.arange(len(breaches)), sizes)})


class _Changes:
    """For each person or household and each class, how many years its value has been the same."""

    def __init__(self, world: World, rng: np.random.Generator) -> None:
        homes = int(world.household.max()) + 1
        self._years = {
            name: rng.exponential(1.0 / rate, max(world.people, homes)) for name, rate in table.CHURN.items()
        }
        self._household = world.household

    def unchanged(self, name: str, person: Ints, years: float) -> Flags:
        """Whether the value of ``years`` ago is still true."""
        name = _TOGETHER.get(name, name)
        if name not in table.CHURN:
            return np.ones(len(person), dtype=np.bool_)
        who = self._household[person] if name in {"ADDR", "OPERATOR", "TELCONTRACT"} else person
        still: Flags = self._years[name][who] > years
        return still


def _records(
    world: World, changes: _Changes, folder: Path, subjects: pl.DataFrame, truth: pl.DataFrame, days: int
) -> dict[str, NDArray[np.generic]]:
    """The records of one breach: (person, held, true, namesake, own_nir, mate)."""
    breach = truth["breach"][0]
    rows = pl.read_parquet(folder / "breaches" / f"{breach}.parquet").with_row_index("row", offset=1)
    rows = rows.with_columns(pl.col("row").cast(pl.Int64))
    today = subjects.rename({name: f"today_{name}" for name in subjects.columns if name != "member_id"})
    frame = truth.join(rows, on="row", how="left", maintain_order="left")
    frame = frame.join(today, on="member_id", how="left", maintain_order="left")
    person = frame["person_id"].to_numpy() - 1
    own_nir = (frame["relation"] == "person").to_numpy()
    shown = _shown(frame)
    held, true = np.zeros((2, frame.height), dtype=np.int64)
    for place, name in enumerate(world.classes):
        telling = [name, *(other for other, told in table.IMPLIED.items() if name in told)]
        has = _has(frame, telling)
        still = changes.unchanged(name, person, days / _DAYS_A_YEAR)
        answer = shown.get(name if name == "ZIP" else _TOGETHER.get(name, name))
        if answer is not None:
            still = np.where(answer.is_null(), still, answer.fill_null(False).to_numpy())
        # Another's number tells nothing of this person's birth.
        still = still & (own_nir | _has(frame, [other for other in telling if other != "NIR"]))
        held |= has.astype(np.int64) << place
        true |= (has & still).astype(np.int64) << place
    own: dict[str, NDArray[np.generic]] = {
        "person": person,
        "held": held,
        "true": true,
        "namesake": _namesakes(frame, person),
        "own_nir": own_nir,
        "mate": np.zeros(len(person), dtype=np.bool_),
    }
    mates = _of_mates(world, frame, today)
    return {key: np.concatenate([own[key], mates[key]]) for key in own}


def _has(frame: pl.DataFrame, names: list[str]) -> Flags:
    """Whether a row holds one of these classes."""
    found = frame["classes"].list.eval(pl.element().is_in(names)).list.any()
    return found.fill_null(value=False).to_numpy()


def _of_mates(world: World, frame: pl.DataFrame, today: pl.DataFrame) -> dict[str, NDArray[np.generic]]:
    """What the rows of others of the household show of a member, by the values of today's file."""
    homes = pl.DataFrame({"person_id": np.arange(1, world.people + 1), "home": world.household})
    theirs = frame.drop([name for name in frame.columns if name.startswith("today_")]).drop("member_id")
    members = (
        homes.with_columns(member_id=world.member).drop_nulls("member_id").rename({"person_id": "mate_id"})
    )
    pairs = theirs.join(homes, on="person_id").join(members, on="home", maintain_order="left")
    pairs = pairs.filter(pl.col("mate_id") != pl.col("person_id"))
    pairs = pairs.join(today, on="member_id", how="left", maintain_order="left")
    shown, held = _shown(pairs), np.zeros(pairs.height, dtype=np.int64)
    for name, answer in shown.items():
        if name in {"ADDR", "IBAN", "PHONE"}:
            same = answer.fill_null(value=False).to_numpy() & _has(pairs, [name])
            for told in (name, *table.IMPLIED.get(name, ())):
                held |= same.astype(np.int64) * world.bits((told,))
    kept = held != 0
    person = pairs["mate_id"].to_numpy()[kept] - 1
    nobody = np.full(len(person), -1, dtype=np.int64)
    ones = np.ones(len(person), dtype=np.bool_)
    return {
        "person": person,
        "held": held[kept],
        "true": held[kept],
        "namesake": nobody,
        "own_nir": ones,
        "mate": ones,
    }


def _shown(frame: pl.DataFrame) -> dict[str, pl.Series]:
    """Per class whether the leaked value is that of today; null where today's file does not show it."""
    digits, mail = pl.col("telephone").str.replace_all(r"\D", ""), pl.col("email")
    now = pl.col("today_telephone").str.replace_all(r"\D", "")
    mobile = digits.str.slice(-9, 1).is_in(["6", "7"])
    number = r"^\D*(\d+)"
    claims = {
        "EMAIL": mail.str.to_lowercase() == pl.col("today_email").str.to_lowercase(),
        "PHONE": pl.when(mobile == now.str.slice(-9, 1).is_in(["6", "7"])).then(
            digits.str.slice(-9) == now.str.slice(-9)
        ),
        "ADDR": (pl.col("adresse").str.extract(number) == pl.col("today_adresse").str.extract(number))
        & (pl.col("code_postal") == pl.col("today_code_postal")),
        "ZIP": pl.col("code_postal") == pl.col("today_code_postal"),
        "IBAN": pl.col("iban").str.replace_all(" ", "") == pl.col("today_iban").str.replace_all(" ", ""),
        # The members of today are all of one insurer: the one most of them were with.
        "INSURER": pl.when(pl.col("member_id").is_not_null()).then(
            pl.col("assureur") == pl.col("assureur").filter(pl.col("member_id").is_not_null()).mode().first()
        ),
    }
    columns = ("email", "telephone", "adresse", "code_postal", "iban", "assureur")
    there = [
        claim.alias(name)
        for (name, claim), column in zip(claims.items(), columns, strict=True)
        if column in frame.columns and (name != "ADDR" or "code_postal" in frame.columns)
    ]
    return {series.name: series for series in frame.select(there).get_columns()} if there else {}


def _namesakes(frame: pl.DataFrame, person: Ints) -> Ints:
    """Another person in the file with the same surname and first letter; -1 where there is none."""
    last = next((name for name in ("nom", "nom_naissance") if name in frame.columns), None)
    first = next((name for name in ("prenom", "prenoms") if name in frame.columns), None)
    found = np.full(len(person), -1, dtype=np.int64)
    if last is None or first is None:
        return found
    plain = pl.col(last).str.normalize("NFKD").str.to_lowercase().str.replace_all("[^a-z]", "")
    letter = pl.col(first).str.normalize("NFKD").str.to_lowercase().str.slice(0, 1)
    keys = frame.select(key=pl.concat_str(plain, letter, separator=" ")).to_series()
    usable = np.flatnonzero(keys.is_not_null().to_numpy())
    order = usable[np.lexsort((person[usable], keys.rank("dense").to_numpy()[usable]))]
    ranks, who = keys.rank("dense").to_numpy()[order], person[order]
    same = np.r_[(ranks[:-1] == ranks[1:]) & (who[:-1] != who[1:]), False]
    found[order[same]] = who[np.flatnonzero(same) + 1]
    back = np.r_[False, same[:-1]] & (found[order] < 0)
    found[order[back]] = who[np.flatnonzero(back) - 1]
    return found


@dataclass(frozen=True, kw_only=True)
class Season:
    """What one fraudster did: whom he defrauded, by which attack (a place in the conduct's list)."""

    victims: Ints
    attacks: Ints


@dataclass(frozen=True, kw_only=True)
class _Profiles:
    """Rows put together: whose each is, what it seems to hold, what of it is true; lone rows too."""

    person: Ints
    seems: Bits
    true: Bits
    joined: Flags


def _profiles(world: World, conduct: Conduct, rng: np.random.Generator) -> _Profiles:
    """One fraudster's files and how well he joins them.

    A row whose link is missed stands alone; one given to a namesake tells nothing true of him but the name,
    and the home where they live together.
    """
    chance = np.array([conduct.circulation[name] for name in world.breaches])
    files = rng.random(len(chance)) < chance
    missed = rng.random(len(world.person)) < rng.uniform(*conduct.misses)
    wrong = (rng.random(len(world.person)) < rng.uniform(*conduct.wrong)) & (world.namesake >= 0) & ~missed
    owner = np.where(wrong, world.namesake, world.person)
    target = np.where(missed, world.people + np.arange(len(owner)), owner)
    together = world.household[owner] == world.household[world.person]
    name, home = world.bits(("NAME",)), world.bits(("NAME", "ADDR", "ZIP"))
    true = np.where(wrong, world.true & np.where(together, home, name), world.true)
    rows = files[world.breach] & (~world.mate | conduct.mates)
    seems_all, true_all = np.zeros((2, world.people + len(owner)), dtype=np.int64)
    np.bitwise_or.at(seems_all, target[rows], world.held[rows])
    np.bitwise_or.at(true_all, target[rows], true[rows])
    whose = np.concatenate([np.arange(world.people), world.person])
    there = seems_all != 0
    joined = np.arange(len(whose)) < world.people
    return _Profiles(person=whose[there], seems=seems_all[there], true=true_all[there], joined=joined[there])


def season(world: World, conduct: Conduct, rng: np.random.Generator) -> Season:
    """One fraudster: his files, his trades, his targets, his victims."""
    # All chance is drawn whatever he holds, so that one more file leaves the rest as it was.
    joining, order, luck = rng.spawn(3)
    trade = np.array([attack.trade for attack in conduct.attacks], dtype=np.float64)
    count = min(table.TRADES_EACH, int((trade > 0).sum()))
    trades = rng.choice(len(trade), size=count, replace=False, p=trade / trade.sum())
    from_richest = rng.random() < conduct.richest
    profiles = _profiles(world, conduct, joining)
    victims, attacks = [], []
    for place in trades.tolist():
        attack = conduct.attacks[place]
        chosen = _targets(world, profiles, attack, from_richest=from_richest, turn=order.random(world.people))
        chance = _success(world, conduct, profiles, attack, chosen)
        hit = luck.random(world.people)[profiles.person[chosen]] < chance
        found = np.unique(profiles.person[chosen][hit])
        victims.append(found)
        attacks.append(np.full(len(found), place))
    return Season(victims=np.concatenate(victims), attacks=np.concatenate(attacks))


def _meets(world: World, attack: Attack, sets: Bits) -> Flags:
    met = np.ones(len(sets), dtype=np.bool_)
    for count, names in attack.needs:
        met &= np.bitwise_count(sets & world.bits(names)) >= count
    return met


def _targets(world: World, profiles: _Profiles, attack: Attack, *, from_richest: bool, turn: Floats) -> Ints:
    """The profiles he gets round to: those that seem to do, in his order, as far as his time goes."""
    fit = _meets(world, attack, profiles.seems)
    if attack.adults:
        known = (profiles.seems & world.bits(("YOB",))) != 0
        fit &= ~(known & ~world.adult[profiles.person])
    fitting = np.flatnonzero(fit)
    count = int(np.ceil(attack.reach * len(fitting)))
    rich = np.bitwise_count(profiles.seems[fitting]).astype(np.float64) if from_richest else 0.0
    order = np.argsort(turn[profiles.person[fitting]] - rich, kind="stable")
    return fitting[order[:count]]


def _success(world: World, conduct: Conduct, profiles: _Profiles, attack: Attack, chosen: Ints) -> Floats:
    true = profiles.true[chosen]
    able = _meets(world, attack, true)
    if attack.adults:
        able &= world.adult[profiles.person[chosen]]
    factor = table.PERSUADES if attack.persuades and conduct.persuasion else table.EASES
    helped = np.bitwise_count(true & world.bits(attack.helps)).astype(np.float64)
    chance: Floats = np.where(able, np.minimum(attack.success * factor**helped, 1.0), 0.0)
    return chance


def seasons(world: World, conduct: Conduct, *, runs: int, seed: int) -> tuple[Ints, dict[str, int]]:
    """In how many of ``runs`` seasons each person was defrauded, and how many frauds each attack made."""
    times = np.zeros(world.people, dtype=np.int64)
    by_attack = np.zeros(len(conduct.attacks), dtype=np.int64)
    for rng in np.random.default_rng([seed, 2]).spawn(runs):
        found = season(world, conduct, rng)
        times[np.unique(found.victims)] += 1
        by_attack += np.bincount(found.attacks, minlength=len(by_attack))
    return times, {attack.name: int(count) for attack, count in zip(conduct.attacks, by_attack, strict=True)}


def expected(world: World, conduct: Conduct, *, runs: int, seed: int) -> Floats:
    """How many frauds a season brings each person on average: what a ranking that knew all would go by.

    Over ``runs`` sets of files and joins, every trade with its frequency and every order of work.
    """
    rates = np.zeros(world.people)
    trade = np.array([attack.trade for attack in conduct.attacks], dtype=np.float64)
    for rng in np.random.default_rng([seed, 6]).spawn(runs):
        profiles, turn = _profiles(world, conduct, rng), rng.random(world.people)
        for attack, often in zip(conduct.attacks, table.TRADES_EACH * trade / trade.sum(), strict=True):
            everybody = replace(attack, reach=1.0)
            for part, reach, one, from_richest in (
                (1.0 - conduct.richest, attack.reach, everybody, False),
                (conduct.richest, 1.0, attack, True),
            ):
                chosen = _targets(world, profiles, one, from_richest=from_richest, turn=turn)
                chance = _success(world, conduct, profiles, attack, chosen)
                np.add.at(rates, profiles.person[chosen], often * part * reach * chance)
    return rates / runs


def possession(world: World, conduct: Conduct, people: Ints, *, runs: int, seed: int) -> Floats:
    """For each of ``people`` and each class, the share of fraudsters whose profile has a true value."""
    held = np.zeros((len(people), len(world.classes)))
    places: Sequence[int] = range(len(world.classes))
    for rng in np.random.default_rng([seed, 3]).spawn(runs):
        profiles = _profiles(world, conduct, rng)
        true = np.zeros(world.people, dtype=np.int64)
        true[profiles.person[profiles.joined]] = profiles.true[profiles.joined]
        for place in places:
            held[:, place] += (true[people] >> place) & 1
    return held / runs
