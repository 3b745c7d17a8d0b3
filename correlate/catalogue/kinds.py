"""The closed sets a catalogue entry chooses from."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["DateKind", "PersonsKind", "Scope", "Status"]


class DateKind(StrEnum):
    """What happened on the date of an entry."""

    breach = "breach"  # the data were taken
    detected = "detected"  # the controller noticed
    confirmed = "confirmed"  # the controller admitted it
    published = "published"  # the public learned of it, or the data appeared
    added = "added"  # Have I Been Pwned listed it; nothing better is known


class PersonsKind(StrEnum):
    """What the number of an entry counts, and who says so.

    Only the ``official`` ones may stand in a headline: a ``claimed`` number often comes from the attacker.
    """

    persons_official = "persons_official"
    persons_reported = "persons_reported"  # by the press
    persons_claimed = "persons_claimed"
    victims_reported = "victims_reported"  # persons who were defrauded or notified, by the press
    accounts_official = "accounts_official"
    accounts_claimed = "accounts_claimed"
    accounts_hibp = "accounts_hibp"  # different e-mail addresses loaded by Have I Been Pwned
    records_claimed = "records_claimed"  # rows, several of which may be one person's
    order_of_magnitude = "order_of_magnitude"
    unknown = "unknown"


class Scope(StrEnum):
    """Whose residents an entry is about."""

    FR = "FR"
    EU = "EU"
    GLOBAL = "GLOBAL"


class Status(StrEnum):
    """How sure it is that the entry happened, or what sort of collection it is."""

    confirmed = "confirmed"
    reported = "reported"  # by the press, without the controller's word
    claimed = "claimed"  # by whoever offers the data; unverified
    disputed = "disputed"  # denied by the controller, held to be fabricated, or withdrawn
    combo = "combo"  # a list put together from other collections
    scrape = "scrape"  # public pages collected
    stealer = "stealer"  # taken from infected machines
