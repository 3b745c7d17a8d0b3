"""Keyed tokens of strings of about 30 bytes: the two schemes, other keyed functions, and what bounds them.

The floors: AES over as many blocks that lie packed already, and a copy of the bytes. Every contender but the
floors gives one keyed 64-bit number (or longer) for each string, in memory.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib
from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from benchmarks.harness import Benchmark, Contender, Work, measure
from correlate.tokens import SecretKey
from correlate.tokens.scheme import column_tokens, make_scheme

KEY = bytes(range(32))
BLOCKS = 2  # of 16 bytes, in a string of 30


def strings(rows: int) -> pl.Series:
    """Different strings of 24 to 36 bytes, all lengths mixed."""
    numbers = pl.int_range(rows, eager=True)
    tails = pl.Series([("abcdefghijkl")[:length] for length in range(13)])
    frame = pl.DataFrame({"n": numbers.cast(pl.String).str.zfill(9), "tail": tails.gather(numbers % 13)})
    return frame.select(
        pl.concat_str(pl.lit("anne."), "n", pl.lit("@"), "tail", pl.lit("alpes.fr"))
    ).to_series()


def ours(scheme: str) -> Callable[[int], Work]:
    """Tokens as a batch makes them: from a column of strings to an array of 64-bit integers."""

    def prepare(rows: int) -> Work:
        values, function = strings(rows), make_scheme(scheme, SecretKey(secret=KEY))
        return lambda: len(column_tokens(function, "email", values))

    return prepare


def loop(digest: Callable[[bytes], object]) -> Callable[[int], Work]:
    """A Python loop over the values, encoding included."""

    def prepare(rows: int) -> Work:
        values = strings(rows)
        return lambda: len([digest(value.encode()) for value in values.to_list()])

    return prepare


def by_siphash(rows: int) -> Work:
    """SipHash-2-4, a keyed function meant for hash tables, 64 bits."""
    siphash = importlib.import_module("siphashc").siphash
    return loop(lambda value: siphash(KEY[:16], value))(rows)


def by_polars_hash(rows: int) -> Work:
    """HMAC-SHA256 as a Polars plug-in; it gives 64 hexadecimal digits."""
    importlib.import_module("polars_hash")
    frame = strings(rows).alias("x").to_frame()
    hashed: pl.Expr = pl.col("x").chash.hmac_sha256(key=KEY.hex())  # type: ignore[attr-defined]  # a plug-in
    return lambda: frame.select(hashed).height


def bare_aes(rows: int) -> Work:
    """AES-128 over as many blocks, packed beforehand."""
    blocks = np.zeros(rows * BLOCKS * 16, dtype=np.uint8)
    out = np.zeros(len(blocks) + 15, dtype=np.uint8)
    encryptor = Cipher(algorithms.AES(KEY[:16]), modes.ECB()).encryptor()  # noqa: S305  # the cost of the cipher alone

    def work() -> int:
        encryptor.update_into(blocks, out)  # type: ignore[arg-type]  # numpy array: a buffer
        return rows

    return work


def bare_copy(rows: int) -> Work:
    """A copy of as many bytes."""
    source = np.zeros(rows * BLOCKS * 16, dtype=np.uint8)
    target = np.ones_like(source)

    def work() -> int:
        np.copyto(target, source)
        return rows

    return work


BENCHMARK = Benchmark(
    name="tokenise",
    unit="strings of 24 to 36 bytes",
    sizes=(5_000_000,),
    yardsticks=("loop, hmac.digest SHA-256", "floor: copy of the bytes"),
    contenders={
        "correlate, AES-CMAC": Contender(prepare=ours("aes-cmac-64")),
        "correlate, HMAC-SHA256": Contender(prepare=ours("hmac-sha256-64")),
        "loop, hmac.digest SHA-256": Contender(prepare=loop(lambda v: hmac.digest(KEY, v, "sha256"))),
        "loop, keyed BLAKE2b": Contender(
            prepare=loop(lambda v: hashlib.blake2b(v, key=KEY, digest_size=8).digest())
        ),
        "loop, SipHash-2-4": Contender(prepare=by_siphash, needs="siphashc"),
        "polars-hash, HMAC-SHA256": Contender(prepare=by_polars_hash, needs="polars_hash"),
        "floor: AES over packed blocks": Contender(prepare=bare_aes),
        "floor: copy of the bytes": Contender(prepare=bare_copy),
    },
)


def main(argv: Sequence[str] | None = None) -> None:
    """Measure what the command line asks for."""
    measure(BENCHMARK, argv)


if __name__ == "__main__":
    main()
