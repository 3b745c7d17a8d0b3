"""A text file, CSV or JSON lines, compressed or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from correlate.reading.batch import Batch, assemble
from correlate.reading.blocks import BLOCK_BYTES, BlockWalk, RowParser
from correlate.reading.columns import Columns
from correlate.reading.csvrows import CsvRows
from correlate.reading.formats import Format, compression_of, text_format_of
from correlate.reading.jsonrows import JsonRows, find_keys, find_paths
from correlate.reading.layout import Layout, find_layout
from correlate.reading.mapping import Mapping
from correlate.reading.nulls import null_out
from correlate.reading.stream import ByteStream, open_file
from correlate.reading.text import TextStream

__all__ = ["TextTable"]


class TextTable:
    """One text file: what its start tells at once, its rows by :meth:`parts`."""

    def __init__(self, path: Path, mapping: Mapping, *, block_bytes: int = BLOCK_BYTES) -> None:
        self.path = path
        self._given_encoding = mapping.encoding
        self._block_bytes = block_bytes
        with open_file(path) as file:
            self._compression = compression_of(file.read(8))
        with closing(ByteStream(path, self._compression)) as stream:
            text = TextStream(stream, mapping.encoding)
        self.encoding = text.encoding
        self.format = text_format_of(text.sample, path)
        self.delimiter: str | None = None
        if self.format is Format.jsonl:
            self._paths = find_paths(text.sample)
            self.headers = tuple(self._paths)
            self._start = 0
        else:
            self._lay_out(find_layout(text.sample, mapping=mapping, path=path))

    def _lay_out(self, layout: Layout) -> None:
        self.headers = layout.headers
        self.delimiter, self._start = layout.delimiter, layout.start

    def keys(self) -> frozenset[str]:
        """Give the headers of CSV; of JSON lines every key of every line."""
        if self.delimiter is not None:
            return frozenset(self.headers)
        found: set[str] = set()
        with closing(ByteStream(self.path, self._compression)) as stream:
            text = TextStream(stream, self._given_encoding)
            buffer, rest = bytearray(self._block_bytes), b""
            while size := text.readinto(memoryview(buffer)):
                block = rest + buffer[:size]
                end = block.rfind(b"\n") + 1
                found.update(find_keys(block[:end]))
                rest = block[end:]
        return frozenset(found.union(find_keys(rest)))

    def parts(self, columns: Columns, batch_rows: int) -> Iterator[Batch]:
        """Give batches of ``batch_rows`` rows, reading the file from its start."""
        with closing(ByteStream(self.path, self._compression)) as stream:
            text = TextStream(stream, self._given_encoding)
            text.skip(self._start)
            walk = BlockWalk(text, self._rows(columns), self._block_bytes)
            parts = (replace(part, bytes_read=stream.position) for part in walk.parts() if part.count)
            for batch in assemble(parts, batch_rows):
                self.encoding = text.encoding
                yield replace(batch, frame=null_out(batch.frame))

    def _rows(self, columns: Columns) -> RowParser:
        if self.delimiter is None:
            return JsonRows(paths=tuple(self._paths.values()), columns=columns)
        return CsvRows(delimiter=self.delimiter, width=len(self.headers), columns=columns)
