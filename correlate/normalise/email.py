"""E-mail addresses, to one spelling for each mailbox.

Canonical means: lower case on both sides; a domain outside ASCII in its IDNA form; ``+tag`` taken
off the local part wherever it stands; and for Gmail the dots of the local part taken out and
googlemail.com written gmail.com.

Taking ``+tag`` off everywhere is a choice. Who writes ``ann+shop@`` gives each service another
address, and would never be found to be in two breaches; the price, a provider to whom ``ann+shop``
and ``ann`` are two people, is rare, and an e-mail address is never the only evidence of a link.
Lower case is a choice too: RFC 5321 lets a local part depend on case, and no large provider does.
"""

from __future__ import annotations

import idna
import polars as pl

from correlate.normalise._digits import VALUE, as_text, mend, no_issue, overlay, rewrite, tell

__all__ = ["normalise"]

_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_DOMAIN = r"(?:[a-z0-9]+(?:-+[a-z0-9]+)*\.)+(?:[a-z]{2,}|xn--[a-z0-9-]*[a-z0-9])$"
# Without the apostrophe, which a spreadsheet puts before a value: that takes the longer way.
_PLAIN = rf"^{_ATOM}(?:\.{_ATOM})*@{_DOMAIN}".replace("'", "")
# Letters of other alphabets are accepted in the local part (RFC 6531).
_WIDE_ATOM = _ATOM.replace("a-z0-9", r"a-z0-9\p{L}\p{M}\p{N}")
_LOCAL = rf"^{_WIDE_ATOM}(?:\.{_WIDE_ATOM})*$"
# RFC 5321, 4.5.3.1, in bytes; the longest path of 256 counts two angle brackets. RFC 1035 for labels.
_LOCAL_MAX, _ADDRESS_MAX = 64, 254
_LONG_LABEL = r"[^.@]{64,}"
_QUOTES = " \t\r\n\"',;()[]\u00a0\ufeff\u200b"


def normalise(values: pl.Series) -> pl.DataFrame:
    """Read a column of e-mail addresses, bare, as ``mailto:`` or as ``Name <address>``.

    Returns one row for each value: ``email`` (canonical, see the module) and ``issue``: email-several
    (more than one address), email-syntax, email-domain or email-length. Syntax alone is judged: no
    list of domains is asked, and quoted local parts and address literals are refused.
    """
    text = as_text(values)
    rest = _needs_work(text)
    issue = no_issue(text.len())
    if rest.any():
        mended = mend(text.filter(rest), _needs_work, _STEPS)
        verdict = rewrite(
            no_issue(mended.len()), odd := _needs_work(mended), lambda _: _odd_issue(mended.filter(odd))
        )
        issue = overlay(issue, rest, verdict)
        text = overlay(text, rest, mended)
        text = tell(text, pl.when(pl.lit(issue).is_null() & (VALUE != "")).then(VALUE))
    return pl.DataFrame({"email": _canonical(text), "issue": issue})


def _needs_work(text: pl.Series) -> pl.Series:
    """Tell what is no short, lower-case, ASCII address, as nearly all of a real file is."""
    return tell(
        text, ~(VALUE.str.contains(_PLAIN) & (VALUE.str.len_bytes() <= _LOCAL_MAX)).fill_null(value=True)
    )


def _trimmed(text: pl.Series) -> pl.Series:
    return text.str.strip_chars().str.to_lowercase()


def _unwrapped(text: pl.Series) -> pl.Series:
    """Take an address out of its angle brackets, its ``mailto:`` link or its punctuation."""
    text = text.str.normalize("NFKC").str.replace_all(r"\p{Cf}", "").str.to_lowercase()
    text = _unquoted(text.str.replace(r"^[^<>]*<([^<>]*)>[^<>@]*$", "$1"))
    return _unquoted(text.str.replace(r"^mailto:\s*([^?]*).*$", "$1"))


def _unquoted(text: pl.Series) -> pl.Series:
    return text.str.strip_chars_start(_QUOTES).str.strip_chars_end(_QUOTES + ".")


def _with_ascii_domain(text: pl.Series) -> pl.Series:
    """Write domains outside ASCII in IDNA (UTS 46); one that has no such form stays as it is."""
    foreign = text.str.contains(r"^[^@]+@[^@]*[^\x00-\x7F][^@]*$")
    return rewrite(text, foreign, _encoded)


def _encoded(text: pl.Series) -> pl.Series:
    domain = text.str.extract(r"@(.*)$")
    # Distinct domains outside ASCII: a handful in a file of millions.
    forms = {name: _idna(name) for name in domain.unique()}
    return text.str.extract(r"^(.*@)") + domain.replace_strict(forms, return_dtype=pl.String)


def _idna(domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return domain


_STEPS = (_trimmed, _unwrapped, _with_ascii_domain)


def _odd_issue(text: pl.Series) -> pl.Series:
    """Judge addresses that are not plain: long, foreign, or wrong; null for blank."""
    local, domain = pl.col("text").str.extract(r"^([^@]*)@"), pl.col("text").str.extract(r"@([^@]*)$")
    reason = (
        pl.when(pl.col("text") == "").then(None)
        .when(pl.col("text").str.count_matches("@", literal=True) > 1).then(pl.lit("email-several"))
        .when(~local.str.contains(_LOCAL).fill_null(value=False)).then(pl.lit("email-syntax"))
        .when(~domain.str.contains("^" + _DOMAIN)).then(pl.lit("email-domain"))
        .when(local.str.len_bytes() > _LOCAL_MAX).then(pl.lit("email-length"))
        .when(pl.col("text").str.len_bytes() > _ADDRESS_MAX).then(pl.lit("email-length"))
        .when(domain.str.contains(_LONG_LABEL)).then(pl.lit("email-length"))
    )  # fmt: skip
    return text.to_frame("text").select(reason).to_series()


def _canonical(email: pl.Series) -> pl.Series:
    tagged = email.str.contains("+", literal=True)
    email = rewrite(email, tagged, lambda rows: rows.str.replace(r"^([^+@]+)\+[^@]*@", "$1@"))
    google = tell(email, VALUE.str.ends_with("@gmail.com") | VALUE.str.ends_with("@googlemail.com"))
    return rewrite(email, google, _google)


def _google(email: pl.Series) -> pl.Series:
    local = email.str.strip_suffix("@gmail.com").str.strip_suffix("@googlemail.com")
    return local.str.replace_all(".", "", literal=True) + "@gmail.com"
