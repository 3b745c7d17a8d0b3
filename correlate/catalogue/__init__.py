"""The breach catalogue: what leaked from whom and when, with the source of each fact."""

from correlate.catalogue.breach import Breach
from correlate.catalogue.catalogue import Catalogue, read_breaches, read_hibp
from correlate.catalogue.errors import CatalogueError, InvalidBreach, UnknownBreach
from correlate.catalogue.hibp import HibpList
from correlate.catalogue.kinds import DateKind, PersonsKind, Scope, Status
from correlate.catalogue.location import default_user_catalogue
from correlate.catalogue.merging import Changes, compare, write_user_catalogue
from correlate.catalogue.toml_format import breach_to_row

__all__ = [
    "Breach",
    "Catalogue",
    "CatalogueError",
    "Changes",
    "DateKind",
    "HibpList",
    "InvalidBreach",
    "PersonsKind",
    "Scope",
    "Status",
    "UnknownBreach",
    "breach_to_row",
    "compare",
    "default_user_catalogue",
    "read_breaches",
    "read_hibp",
    "write_user_catalogue",
]
