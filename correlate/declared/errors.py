"""What can be wrong with the breaches that people were told of."""

from __future__ import annotations

from correlate.errors import InputError

__all__ = ["DeclaredColumns", "HibpDomainNeeded", "HibpUnreadable", "UnknownDeclaredBreach"]


class UnknownDeclaredBreach(InputError):
    """In {file}, row {row}, column {column} names a breach that the catalogue does not have{near}.

    Several breaches in one cell are separated by ; | or a comma. List the catalogue's with
    `correlate breaches list`, or add your own with `correlate breaches import`.
    """


class DeclaredColumns(InputError):
    """{file} has no column {what}. It has {headers}.

    A file of declared breaches has a column with the subject's id, named as in --id or subject_id, member_id
    or id, and a column breach, breaches, breach_id or fuite.
    """


class HibpUnreadable(InputError):
    """{file} is not a result of Have I Been Pwned that is known here: {reason}.

    Give the answers of the search by e-mail as one JSON object of addresses and their breaches, or as JSON
    lines with "email" and "breaches"; or the answer of the search by domain, or its downloaded JSON.
    """


class HibpDomainNeeded(InputError):
    """{file} names mailboxes without their domain. Say which domain was searched, with --hibp-domain."""
