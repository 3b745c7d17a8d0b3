"""What the simulated fraudsters do, hold and get wrong: every figure with its source.

Written from published accounts of frauds, apart from the scenarios of the risk model: nothing here is read
from there, and the figures are of another kind. There a number says how much a class of data helps; here it
says how often a trade is followed, how many people a fraudster gets round to, and how many attempts end in a
loss. Attacks that need identity papers (credit, mule accounts, rental files) are left out: no file that
``correlate.synthesis`` makes holds any.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "ATTACKS",
    "CHURN",
    "CIRCULATION",
    "CIRCULATION_SOURCE",
    "EASES",
    "IMPLIED",
    "MISSES",
    "PERSUADES",
    "TRADES_EACH",
    "WRONG",
    "Attack",
]


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One way to defraud somebody.

    Attributes:
        needs: how many of which classes; all lines must be met.
        helps: classes each of which makes an attempt likelier to succeed, by ``PERSUADES`` or ``EASES``.
        trade: how many of 100 lines of business are of this kind.
        reach: the share of those whose data would do that a fraudster gets round to in a season.
        success: the share of attempts that end in a loss when all that is needed is true.
        adults: whether a minor cannot be its victim: without an account or a contract of its own.
        persuades: whether it is the person who must be taken in, rather than a form or a machine.
    """

    name: str
    needs: tuple[tuple[int, tuple[str, ...]], ...]
    trade: float
    reach: float
    success: float
    source: str
    helps: tuple[str, ...] = ()
    adults: bool = True
    persuades: bool = False


_NAME, _REACHED = (1, ("NAME",)), (1, ("EMAIL", "PHONE", "ADDR"))

ATTACKS = (
    Attack(
        name="parcel message",
        needs=(_NAME, (1, ("PHONE",)), (1, ("ADDR", "PARCEL", "PURCH"))),
        helps=("EMAIL",),
        trade=14,
        reach=0.20,
        success=0.003,
        source="411,700 victims of scams in 2023 (SSMSI), most by message; shares are our judgement",
        persuades=True,
    ),
    Attack(
        name="refund message of the health insurer",
        needs=(_NAME, _REACHED, (1, ("INSURER", "NIR", "HEALTH", "REIMB"))),
        helps=("POLICY", "FAMILY", "DOB"),
        trade=10,
        reach=0.20,
        success=0.005,
        source="The CNIL warned of it first (January 2024); shares are our judgement",
        persuades=True,
    ),
    Attack(
        name="message of a public body",
        needs=(_NAME, (1, ("EMAIL", "PHONE")), (1, ("EMPSTATUS", "FTID", "CAFID", "FISCALID"))),
        helps=("NIR", "DOB"),
        trade=8,
        reach=0.20,
        success=0.005,
        source="Notices of France Travail and the CNIL (March 2024); shares are our judgement",
        persuades=True,
    ),
    Attack(
        name="credential stuffing",
        needs=((1, ("EMAIL",)), (1, ("PW",))),
        helps=("USER",),
        trade=20,
        reach=0.50,
        success=0.015,
        source="0.1 to 2 % of pairs open an account (auth0, azion); machines try them: reach, our judgement",
        adults=False,
    ),
    Attack(
        name="broken password hash",
        needs=((1, ("EMAIL",)), (1, ("PWHASH",))),
        helps=("USER",),
        trade=2,
        reach=0.30,
        success=0.004,
        source="As credential stuffing, for the hashes that are broken: our judgement",
        adults=False,
    ),
    Attack(
        name="false bank adviser",
        needs=(_NAME, (1, ("PHONE",)), (1, ("IBAN", "BANKNAME", "CARDPART", "STATEMENT"))),
        helps=("DOB", "ADDR", "EMAIL", "PURCH"),
        trade=20,
        reach=0.01,
        success=0.05,
        source="340 million euros in 2022 at some 4,700 each, about 70,000 (OSMP); shares are our judgement",
        persuades=True,
    ),
    Attack(
        name="direct debit without mandate",
        needs=((1, ("IBAN",)), _NAME),
        helps=("ADDR",),
        trade=7,
        reach=0.01,
        success=0.44,
        source="Adecco 2022: 32,000 of 72,000 accounts debited; few files are used so: reach, our judgement",
    ),
    Attack(
        name="subscription on another's account",
        needs=((1, ("IBAN",)), _NAME, _REACHED),
        helps=("DOB",),
        trade=1,
        reach=0.01,
        success=0.15,
        source="1 % of direct-debit fraud in 2023, 28 % in 2022 (OSMP by moneyvox); shares: our judgement",
    ),
    Attack(
        name="SIM swap",
        needs=(_NAME, (1, ("PHONE",)), (1, ("OPERATOR",)), (1, ("DOB", "ADDR", "TELCONTRACT", "EMAIL"))),
        helps=("PUK", "SIM", "IDDOC"),
        trade=4,
        reach=0.003,
        success=0.15,
        source="Name, birth date, number and operator are asked for (portail.free.fr); our judgement",
    ),
    Attack(
        name="training account",
        needs=(_NAME, (1, ("NIR",))),
        helps=("PHONE", "EMAIL", "DOB"),
        trade=3,
        reach=0.01,
        success=0.02,
        source="12 million euros reported (cca.asso.fr), FranceConnect+ since October 2022: our judgement",
    ),
    Attack(
        name="ameli account",
        needs=((1, ("NIR",)), (1, ("PW",))),
        helps=("EMAIL", "PHONE"),
        trade=2,
        reach=0.02,
        success=0.05,
        source="Cases by allodocteurs.fr; half reuse passwords (Google and Harris, 2019); our judgement",
    ),
    Attack(
        name="reimbursements diverted",
        needs=(_NAME, (1, ("DOB",)), (1, ("NIR",)), (1, ("POLICY", "INSURER"))),
        helps=("ADDR", "EMAIL", "PHONE", "FAMILY"),
        trade=3,
        reach=0.005,
        success=0.05,
        source="The fields the procedure asks for; payees are verified since October 2025: our judgement",
        adults=False,
    ),
    Attack(
        name="care that never was",
        needs=((1, ("NIR",)), (1, ("DOB",)), (1, ("INSURER",)), (1, ("POLICY",))),
        helps=("RANK",),
        trade=2,
        reach=0.005,
        success=0.10,
        source="The fields of a third-party payment; needs a professional's complicity: our judgement",
        adults=False,
    ),
    Attack(
        name="tax account",
        needs=((1, ("FISCALID",)), (1, ("PW",))),
        helps=("EMAIL",),
        trade=1,
        reach=0.02,
        success=0.05,
        source="Leaked credentials in 0.2 % of log-ins in government (Google, 2019): our judgement",
    ),
    Attack(
        name="benefits diverted",
        needs=(_NAME, (1, ("DOB",)), (1, ("NIR",)), (1, ("CAFID", "FTID", "ADDR"))),
        helps=("INCOME",),
        trade=1,
        reach=0.005,
        success=0.03,
        source="No documented volume; FranceConnect stands in the way: our judgement",
    ),
    Attack(
        name="questions of a help desk",
        needs=(_NAME, (1, ("DOB",)), (2, ("ADDR", "POB", "NIR", "IBAN", "POLICY", "PHONE"))),
        helps=("FAMILY",),
        trade=2,
        reach=0.005,
        success=0.10,
        source="A step towards other frauds, seldom one by itself: our judgement",
    ),
)

#: By what each helpful class that is true multiplies the chance of success. Of a message or a call: three of
#: them by 4.5 together, as personal context raised it from 16 to 72 % (Jagatic and others, 2007).
PERSUADES = 4.5 ** (1 / 3)
#: Of a form or a machine (our judgement).
EASES = 1.25

#: Lines of business a fraudster follows in a season (our judgement).
TRADES_EACH = 2

#: The chance that a fraudster holds a file.
CIRCULATION = {
    "adecco-fr-2022": 0.5,
    "almerys-2026": 0.3,
    "assuranceretraite-2024": 0.3,
    "autosur-2025": 0.8,
    "boulanger-2024": 0.8,
    "bouygues-2025": 0.8,
    "collection1-2019": 0.95,
    "cultura-2024": 0.8,
    "deezer-2019": 0.95,
    "ficoba-2026": 0.3,
    "francetravail-2024": 0.5,
    "free-2024": 0.8,
    "laposte-2025": 0.5,
    "ldlc-2024": 0.8,
    "linkedin-2012": 0.95,
    "pajemploi-2025": 0.3,
    "passsport-2025": 0.8,
    "sfr-2024": 0.5,
    "viamedis-almerys-2024": 0.3,
}
CIRCULATION_SOURCE = (
    "Years in the open .95; counted by Have I Been Pwned .8; offered or used by thieves .5 (France Travail, "
    "for 4,500 dollars, clubic.com 2025-09-19); taken, not seen since in what was read, .3: our judgement"
)

#: The share of true links a fraudster misses, from best to worst: on FEBRL 4 thirteen rules find 98 % of the
#: links, equal name and birth date 43 % (project's measurements).
MISSES = (0.02, 0.57)

#: The share of rows that land with a namesake, from best to worst (our judgement).
WRONG = (0.0, 0.05)

#: Share of values that change in a year, where no file shows the true value of today.
CHURN: dict[str, float] = {
    "ADDR": 0.11,  # Insee, 2024: 11 % of households move
    "CARDPART": 0.33,  # cards are issued for three years
    "DEVICE": 2.0,  # our judgement
    "EMAIL": 0.05,  # our judgement
    "FAMILY": 0.03,  # our judgement
    "GEO": 2.0,  # our judgement, as IP
    "IBAN": 0.05,  # Bain: 4.3 to 5.5 % change banks
    "INCOME": 0.5,  # our judgement
    "INSURER": 0.15,  # our judgement: free to leave after a year
    "IP": 2.0,  # our judgement
    "OPERATOR": 0.08,  # Arcep, 2021 and 2023: lines ported
    "PHONE": 0.06,  # our judgement
    "PLATE": 0.1,  # our judgement
    "PURCH": 1.0,  # our judgement: a pretext for months
    "PW": 0.2,  # our judgement
    "PWHASH": 0.2,  # as PW
    "TELCONTRACT": 0.1,  # our judgement
    "USER": 0.05,  # our judgement
}

#: What holding a class tells besides.
IMPLIED: dict[str, tuple[str, ...]] = {
    "ADDR": ("ZIP",),
    "BIRTHNAME": ("NAME",),
    "DOB": ("YOB",),
    "IBAN": ("BANKNAME",),
    "NIR": ("POB", "POBDEP", "SEX", "YOB"),
    "POB": ("POBDEP",),
    "USAGENAME": ("NAME",),
}
