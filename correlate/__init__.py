"""Correlate: what the combination of data breaches makes possible, person by person, on keyed tokens alone."""

__all__: list[str] = []
