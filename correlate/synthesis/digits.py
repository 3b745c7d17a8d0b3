"""Numbers with keys: NIR, French IBAN, telephone numbers and serial numbers, all on whole columns."""

from __future__ import annotations

import numpy as np
import polars as pl

from correlate.synthesis.chance import Ints, scrambled
from correlate.synthesis.fixed import Letters, digits, fixed_text

__all__ = ["french_iban", "landline", "mobile", "nir_text", "serial"]

# Telephone numbers. ARCEP keeps ranges for fiction: 10 000 mobile numbers and 50 000 land lines. Beyond them,
# ten-digit numbers that no operator can hold: 07 0x to 07 2x (07 00 serves 14-digit machine numbers, the rest
# is not opened) and 04 0x, which belongs to no zone.
_FICTION_MOBILE, _FICTION_LANDLINES = 639_98, (1_99_00, 2_61_91, 3_53_01, 4_65_71, 5_36_49)
_MOBILES, _LANDLINES, _FICTION = 30_000_000, 10_000_000, 10_000
#: A French bank code that the register of banks does not hold, and the longest part of an account's number.
BANK_CODES = tuple(range(99_001, 99_011))


def nir_text(head: Ints, place: Letters, place_number: Ints, order: Ints) -> pl.Series:
    """Write a NIR with its key: 97 - (number mod 97).

    ``head`` is sex, year and month of birth in five digits; ``place_number`` counts Corsica's 2A and 2B as 19
    and 18.
    """
    number = (head * 100_000 + place_number) * 1000 + order
    return fixed_text(digits(head, 5), place, digits(order, 3), digits(97 - number % 97, 2))


def french_iban(holder: Ints, seed: int) -> tuple[Ints, pl.Series]:
    """Give the position of the bank in ``BANK_CODES`` and the IBAN of the account numbered ``holder``.

    RIB key: 97 - (89 bank + 15 branch + 3 account) mod 97; check digits: 98 - (BBAN FR00) mod 97 (ISO 7064).
    """
    account = scrambled(holder, seed, "account", 100_000)
    bank_place = (account // 7 + holder) % len(BANK_CODES)
    bank, branch = np.array(BANK_CODES, dtype=np.int64)[bank_place], 1 + account % 400
    key = 97 - (89 * bank + 15 * branch + 3 * account) % 97
    # BBAN (5 + 5 + 11 + 2 digits) then F = 15, R = 27 and 00, reduced piece by piece.
    rest = (bank * 100_000 + branch) % 97
    rest = (rest * pow(10, 11, 97) + account) % 97
    rest = (rest * 100 + key) % 97
    check = 98 - (rest * pow(10, 6, 97) + 152_700) % 97
    head = (check * 100_000 + bank) * 100_000 + branch
    return bank_place, fixed_text("FR", digits(head, 12), digits(account * 100 + key, 13))


def mobile(line: Ints) -> pl.Series:
    """Write the mobile number of a line (0, 1, 2, ...): the fiction range first, then 07 0x to 07 2x."""
    beyond = 700_000_000 + ((line - _FICTION) % _MOBILES * 7_368_787 + 1_234_567) % _MOBILES
    fiction = _FICTION_MOBILE * 10_000 + (line * 7_919 + 77) % _FICTION
    return fixed_text(digits(np.where(line < _FICTION, fiction, beyond), 10))


def landline(line: Ints) -> pl.Series:
    """Write the number of a land line (0, 1, 2, ...): the fiction ranges first, then 04 0x."""
    size = _FICTION * len(_FICTION_LANDLINES)
    prefix = np.array(_FICTION_LANDLINES, dtype=np.int64)[line % len(_FICTION_LANDLINES)]
    fiction = prefix * 10_000 + (line // len(_FICTION_LANDLINES) * 7_919 + 77) % _FICTION
    beyond = 400_000_000 + ((line - size) % _LANDLINES * 7_368_787 + 1_234_567) % _LANDLINES
    return fixed_text(digits(np.where(line < size, fiction, beyond), 10))


def serial(numbers: Ints, seed: int, purpose: str, pattern: str) -> pl.Series:
    """Write a serial number: each ``#`` run of the pattern is the scrambled number, padded to the run."""
    width = pattern.count("#")
    head, _, tail = pattern.partition("#" * width)
    half = 10 ** ((width + 1) // 2)
    drawn = scrambled(numbers % half**2, seed, purpose, half) % 10**width
    return fixed_text(head, digits(drawn, width), tail)
