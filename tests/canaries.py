"""Distinctive values, every form in which they could leak, and a search for them in files and texts."""

from __future__ import annotations

import base64
import hashlib
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import xxhash

# One value a field, unlike any word of the program, with every spelling it goes through on its way.
CANARIES: dict[str, tuple[str, ...]] = {
    "nir": ("2 72 03 75 056 987 76", "272037505698776", "2720375056987"),
    "nom_naissance": ("Zwyxquévin", "ZWYXQUÉVIN", "zwyxquevin", "ZWYXQUEVIN"),
    "nom_usage": ("Kjöllbräck", "KJÖLLBRÄCK", "KJOLLBRACK", "kjollbrack"),
    "prenom": ("Ouzméralde", "OUZMERALDE", "ouzmeralde"),
    "date_naissance": ("14/03/1972", "1972-03-14", "14031972", "19720314"),
    "email": ("zwyx.canari@courriel.example", "ZWYX.CANARI@COURRIEL.EXAMPLE"),
    "telephone": ("06 39 98 76 54", "0639987654", "+33639987654", "33639987654", "639987654"),
    "iban": ("FR76 9999 9000 0100 0000 0010 106", "FR7699999000010000000010106"),
    "adresse": ("77 rue du Kanariquet", "77 RUE DU KANARIQUET", "KANARIQUET"),
    "code_postal": ("98799",),
    "ville": ("Canariville-sur-Ypse", "CANARIVILLE SUR YPSE", "CANARIVILLESURYPSE"),
    "lieu_naissance": ("Ypsécanarigny", "YPSECANARIGNY"),
    "identifiant_national": ("ZZ-417-CANAR-0042", "ZZ417CANAR0042"),
    "profession": ("Dresseur de kanaris", "DRESSEURDEKANARIS", "DRESSEUR DE KANARIS"),
    "mot_de_passe": ("c4n4ri!Secr3t",),
    "assureur": ("Mutuelle Kanarissime",),
    "numero_contrat": ("KX-CANARI-000417",),
}


def digests(data: bytes) -> Iterator[bytes]:
    """Every unkeyed hash, in every way in which it is commonly written."""
    raw = [hashlib.new(name, data, usedforsecurity=False).digest() for name in ("md5", "sha1", "sha256")]
    raw += [xxhash.xxh64(data).digest(), xxhash.xxh3_64(data).digest(), xxhash.xxh3_128(data).digest()]
    for digest in raw:
        yield digest
        yield digest[::-1]
        yield digest.hex().encode()
        yield digest.hex().upper().encode()
        yield base64.b64encode(digest).rstrip(b"=")
        if len(digest) == 8:
            yield str(int.from_bytes(digest, "big")).encode()
            yield str(int.from_bytes(digest, "big", signed=True)).encode()


def needles() -> dict[bytes, str]:
    """What must be found nowhere, and the field it would betray."""
    found: dict[bytes, str] = {}
    for name, spellings in CANARIES.items():
        for spelling in spellings:
            plain = spelling.encode()
            found |= dict.fromkeys((plain, spelling.encode("utf-16-le"), base64.b64encode(plain)), name)
            found |= dict.fromkeys(digests(plain), f"a hash of {name}")
    return found


NEEDLES = needles()


def by_beginning(needles: dict[bytes, str]) -> dict[int, list[bytes]]:
    """The needles by their first three bytes."""
    found: dict[int, list[bytes]] = {}
    for needle in needles:
        found.setdefault(int.from_bytes(needle[:3], "little"), []).append(needle)
    return found


BEGINNINGS = by_beginning(NEEDLES)
# Whether any begins with these two bytes, or three: the small table leaves little for the large one.
TWO, THREE = np.zeros(1 << 16, dtype=np.bool_), np.zeros(1 << 24, dtype=np.bool_)
TWO[[beginning & 0xFFFF for beginning in BEGINNINGS]] = True
THREE[list(BEGINNINGS)] = True
# Files are looked through in pieces that overlap by the longest needle.
PIECE = 1 << 20
LONGEST = max(map(len, NEEDLES))


def betrayed(data: bytes) -> set[str]:
    """The fields whose value, or the hash of it, stands in ``data``: in one pass, however many there are."""
    found: set[str] = set()
    for start in range(0, len(data), PIECE):
        piece = np.frombuffer(data[start : start + PIECE + LONGEST], dtype=np.uint8)
        if len(piece) < 3:
            continue
        pairs = piece[:-2] | piece[1:-1].astype(np.uint16) << 8
        places = np.flatnonzero(TWO[pairs])
        words = pairs[places] | piece[places + 2].astype(np.int32) << 16
        likely = THREE[words]
        for place, word in zip(places[likely].tolist(), words[likely].tolist(), strict=True):
            found |= {NEEDLES[one] for one in BEGINNINGS[word] if data.startswith(one, start + place)}
    return found


@dataclass
class Watch:
    """Every content that any file had while the watch lasted."""

    seen: set[tuple[Path, str]] = field(default_factory=set)
    files: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def look(self, folders: list[Path], but: set[Path]) -> None:
        """Read every file below the folders, except those that hold the values by right."""
        for path in (path for folder in folders for path in _below(folder)):
            try:
                stamp = (path.stat().st_mtime_ns, path.stat().st_size)
                if path in but or self.files.get(path) == stamp:
                    continue
                data = path.read_bytes()
            except OSError:  # a folder, or gone already
                continue
            self.files[path] = stamp
            self.seen |= {(path, name) for name in betrayed(data)}


def _below(folder: Path) -> Iterator[Path]:
    """Every path below a folder; what vanishes meanwhile is passed over."""
    for parent, _, names in os.walk(folder):
        yield from (Path(parent) / name for name in names)


@contextmanager
def watching(folders: list[Path], *, but: set[Path]) -> Iterator[Watch]:
    """Look at the folders again and again while the block runs, and once at its end."""
    watch, over = Watch(), threading.Event()

    def keep_looking() -> None:
        while not over.is_set():
            watch.look(folders, but)
            time.sleep(0.01)

    thread = threading.Thread(target=keep_looking)
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()
        watch.look(folders, but)
