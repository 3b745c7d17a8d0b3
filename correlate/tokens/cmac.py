"""AES-CMAC over whole columns (NIST SP 800-38B, RFC 4493), byte-equal to a library's CMAC of each value."""

from __future__ import annotations

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from correlate.tokens.packing import Bytes

__all__ = ["Cmac"]

BLOCK = 16


class Cmac:
    """AES-128-CMAC under one key, for many messages of one length in one call.

    CMAC is CBC-MAC with a tweak on the last block. Block j of every message is enciphered together, so a
    column of one-block values costs a single pass of the cipher over a packed buffer.
    """

    def __init__(self, key: bytes) -> None:
        """Expand the 16-byte key and its two tweaks."""
        self._encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
        tweak = _double(self._encipher(np.zeros((1, BLOCK), dtype=np.uint8))[0].tobytes())
        self._whole = np.frombuffer(tweak, dtype=np.uint8)
        self._padded = np.frombuffer(_double(tweak), dtype=np.uint8)

    def digest(self, messages: Bytes) -> Bytes:
        """Tags of messages of one length: (n, length) bytes in, (n, 16) bytes out."""
        count, length = messages.shape
        blocks = max(1, -(-length // BLOCK))
        packed = np.zeros((count, blocks * BLOCK), dtype=np.uint8)
        packed[:, :length] = messages
        if length == blocks * BLOCK:
            packed[:, -BLOCK:] ^= self._whole
        else:
            packed[:, length] = 0x80
            packed[:, -BLOCK:] ^= self._padded
        state = self._encipher(packed[:, :BLOCK])
        for start in range(BLOCK, blocks * BLOCK, BLOCK):
            state = self._encipher(state ^ packed[:, start : start + BLOCK])
        return state

    def _encipher(self, blocks: Bytes) -> Bytes:
        # Some ciphers' update_into asks for one spare block behind the output.
        out = np.empty(blocks.size + BLOCK - 1, dtype=np.uint8)
        self._encryptor.update_into(np.ascontiguousarray(blocks), out)  # type: ignore[arg-type]  # numpy array: a buffer
        return out[: blocks.size].reshape(blocks.shape)


def _double(block: bytes) -> bytes:
    """Multiply by x in GF(2^128): how SP 800-38B makes its tweaks."""
    number = int.from_bytes(block, "big")
    doubled = (number << 1) & (2**128 - 1)
    return (doubled ^ (0x87 if number >> 127 else 0)).to_bytes(BLOCK, "big")
