"""Made-up surnames that look French: syllables put together, never taken from a list of people."""

from __future__ import annotations

import numpy as np
import polars as pl

from correlate.synthesis.chance import Ints, scrambled
from correlate.synthesis.surname_law import COMMONEST

__all__ = ["forge_foreign", "forge_french"]

_HEADS = (
    "BEAU MONT CHAM GAR LAM BER ROU GUI MAR FER CAR VAL DEL BON BOU CHAR COR DUR FOU GER GAU HAM JOU LAC LEC "
    "MAL MER MOR NOR PEL PER PI POI RAM REN RI ROC SAL SAR SER TAR TES TOU TRI VER VI VIL BLAN BRU CLER DOR FLA "
    "GRAN LAN LOR MEU NAU PAR PLAN PRU RAN SOU TER VAS BAL BAR CAS COU DES FAU GIR HER MAU BRÉ CŒU ÉVEN DÉ MÉ"
).split()
_MIDDLES = (
    "BE RI TA LE NI MI DE LA RO CHE GUE LI VE NE TI BI CO DI DO FE FI GA GI JA LO MA ME MO NA PE PI RA RE SA SE "
    "SI TE TO VA VI TRE BRE RÉ LÉ"
).split()
_JOINTS = "B D F L LL M N NN P R RR S SS T TT V CH TR BR GN CL Ç".split()
_TAILS = (
    "ARD IER EAU OT IN ET ON AULT EL AUD ARD OUX EUX ERT AND ENT OIS AIS AIN IN ELLE ETTE IÈRE OU AC AS AT AY "
    "AUX ÈS ES EZ ILLE INE IOT OIR OL ONNET OUD OUIN OUSSE UC UEL UET UIN US ÈRE ÉE EC IC IGNY IVE ILLON ILLARD "
    "ARDEAU INEAU OULT ENET"
).split()
_PARTICLES = ("LE ", "DE ", "DU ", "DE LA ", "D'", "LA ", "SAINT-")
_PARTICLE_SHARE = 30  # one name in thirty

_FOREIGN_HEADS = (
    "BEN DA EL DIA TRA KOU OU NGU TRAN FER SAN PE MAR ROD RU CO AL BOU CHE DJA HA KA MA NA RA SA TA YIL DE KAY "
    "KO WI NO PO IV SIL GON OLI PIN LO AB AM"
).split()
_FOREIGN_MIDDLES = "LI MA RA NA DI SA KA BA RE TO MI LA DO NI RI HA ZE CHI GA VI TA SE".split()
_FOREIGN_TAILS = (
    "RA LO ÇALVES EZ ES I OUI ANI AOUI YEN LÉ TÉ DIA RÉ KI SKI VIC SCU AN IR ED ID AL OS AS EIRA INHO INI ELLI "
    "OĞLU MAZ AH OU OUM LLAH NE YE VA UK"
).split()
_FOREIGN_PARTICLES = ("BEN ", "EL ", "DA ", "DOS ", "VAN ", "AL ")


def forge_french(count: int) -> pl.Series:
    """Give ``count`` distinct upper-case surnames, the shortest first, after the commonest real ones."""
    heads, middles, joints, tails = (sorted(set(part)) for part in (_HEADS, _MIDDLES, _JOINTS, _TAILS))
    known = pl.Series(list(COMMONEST), dtype=pl.String)
    wanted = count - len(known)
    tiers = [known, _compose((heads, tails), None, 0), _compose((heads, joints, tails), None, _PARTICLE_SHARE)]
    room = max(wanted - sum(len(tier) for tier in tiers) + len(known), 0)
    tiers.append(_compose((heads, middles, joints, tails), int(room * 1.15) + 1000, _PARTICLE_SHARE))
    return pl.concat(tiers).unique(maintain_order=True).head(count)


def forge_foreign(count: int) -> pl.Series:
    """Give ``count`` distinct surnames for people born abroad or of foreign descent."""
    parts = tuple(sorted(set(part)) for part in (_FOREIGN_HEADS, _FOREIGN_MIDDLES, _FOREIGN_TAILS))
    short = _compose(parts[::2], None, 0)
    long = _compose(parts, None, 8, _FOREIGN_PARTICLES)
    return pl.concat([short, long]).unique(maintain_order=True).head(count)


def _compose(
    parts: tuple[list[str], ...], count: int | None, every: int, particles: tuple[str, ...] = _PARTICLES
) -> pl.Series:
    """Put one syllable of each list together, for ``count`` combinations in a scrambled order."""
    size = int(np.prod([len(part) for part in parts]))
    half = int(np.ceil(np.sqrt(size)))
    numbers = _in_range(size, half, count)
    texts, rest = [], numbers
    for part in parts:
        texts.append(pl.Series(part, dtype=pl.String).gather(rest % len(part)))
        rest = rest // len(part)
    if every:
        marked = np.where(numbers % every == 0, 1 + numbers // every % len(particles), 0)
        texts.insert(0, pl.Series(["", *particles], dtype=pl.String).gather(marked))
    frame = pl.DataFrame({f"part{place}": text for place, text in enumerate(texts)})
    return frame.select(pl.concat_str(pl.all()).alias("surname"))["surname"]


def _in_range(size: int, half: int, count: int | None) -> Ints:
    """Give numbers below ``size`` in a scrambled order, each once."""
    asked = half * half if count is None else min(int(count * half * half / size * 1.02) + 64, half * half)
    numbers = scrambled(np.arange(asked, dtype=np.int64), 0, "surname", half)
    numbers = numbers[numbers < size]
    return numbers if count is None else numbers[:count]
