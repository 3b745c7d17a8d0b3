"""Leaked files of operators, shops and web services."""

from __future__ import annotations

from correlate.synthesis import contact_columns as contact
from correlate.synthesis import identity_columns as civil
from correlate.synthesis import plain_columns as plain
from correlate.synthesis.column import Column
from correlate.synthesis.leak import Leak, aged, customers_of
from correlate.synthesis.noise import KEYED, SPOKEN, Noise

__all__ = ["FIRM_LEAKS"]

_SLIPS = Noise(substituted=0.003, transposed=0.001)
_NAME = (
    Column(header="nom", build=civil.surname("title", in_use=0.85), noise=KEYED),
    Column(header="prenom", build=civil.first_name("title", spaced=0.1), noise=KEYED),
)
_EMAIL = Column(header="email", build=contact.email(0.15), missing=0.03, noise=_SLIPS)
_PHONE = Column(
    header="telephone", build=contact.phone(0.1, spaced=0.05, abroad=0.15), missing=0.08, noise=_SLIPS
)
_ADDRESS = (
    Column(header="adresse", build=contact.street(shortened=0.15), missing=0.02, noise=KEYED),
    Column(header="code_postal", build=contact.postcode, missing=0.01),
    Column(header="ville", build=contact.city(), missing=0.01, noise=SPOKEN),
)
_WHEREABOUTS = Column(header="geolocalisation", build=contact.city(capitals=False), missing=0.3)
_OFFERS = plain.choice("Box fibre", "Box ADSL", "Mobile 2 h", "Mobile 100 Go", "Mobile et box")

FIRM_LEAKS = (
    Leak(
        breach="free-2024",
        eligible=customers_of("Free"),
        share=0.21,  # .25 to .28 of the population in the notes; bounded by the share of customers here
        together=0.3,
        stale=3.0,
        columns=(
            *_NAME,
            Column(header="date_naissance", build=civil.birth_date("%Y-%m-%d"), missing=0.04),
            Column(header="lieu_naissance", build=civil.birth_place, missing=0.3),
            _EMAIL,
            _PHONE,
            *_ADDRESS,
            Column(header="iban", build=contact.iban(), missing=0.74),  # for some of the customers only
            Column(header="operateur", build=plain.operator),
            Column(header="type_forfait", build=_OFFERS, missing=0.05),
        ),
    ),
    Leak(
        breach="sfr-2024",
        eligible=customers_of("SFR"),
        share=0.05,
        columns=(
            Column(header="nom", build=civil.surname("plain", in_use=0.9), noise=SPOKEN),
            Column(header="prenom", build=civil.first_name("plain", spaced=0.2), noise=SPOKEN),
            Column(header="date_naissance", build=civil.birth_date("%d/%m/%Y"), missing=0.05),
            Column(header="dept_naissance", build=civil.birth_department, missing=0.1),
            _EMAIL,
            _PHONE,
            *_ADDRESS,
            Column(header="iban", build=contact.iban(spaced=0.2), missing=0.96),  # 150 000 of 3.6 million
        ),
    ),
    Leak(
        breach="bouygues-2025",
        eligible=customers_of("Bouygues"),
        share=0.09,
        together=0.3,
        columns=(
            *_NAME,
            Column(header="date_naissance", build=civil.birth_date("%d/%m/%Y"), missing=0.03),
            _EMAIL,
            _PHONE,
            *_ADDRESS,
            Column(header="iban", build=contact.iban(), missing=0.05),
            Column(header="operateur", build=plain.operator),
            Column(header="type_forfait", build=_OFFERS, missing=0.05),
        ),
    ),
    Leak(
        breach="adecco-fr-2022",
        eligible=aged(18, 65),
        columns=(
            *_NAME,
            Column(header="email", build=contact.email(0.1), missing=0.05),
            Column(header="num_secu", build=civil.nir(key=0.8, spaced=0.3), missing=0.02, noise=_SLIPS),
            Column(header="iban", build=contact.iban(spaced=0.3), missing=0.02),
        ),
    ),
    Leak(
        breach="boulanger-2024",
        eligible=aged(18),
        repeated=0.2,
        stale=6.0,
        columns=(*_NAME, _EMAIL, _PHONE, *_ADDRESS, _WHEREABOUTS),
    ),
    Leak(
        breach="cultura-2024",
        eligible=aged(16),
        stale=5.0,
        columns=(
            *_NAME,
            _EMAIL,
            _PHONE,
            *_ADDRESS,
            Column(
                header="commandes",
                build=plain.choice("livres", "musique", "loisirs", "papeterie"),
                missing=0.2,
            ),
        ),
    ),
    Leak(
        breach="ldlc-2024",
        eligible=aged(18, 75),
        stale=6.0,
        columns=(
            Column(header="nom_complet", build=civil.full_name(), noise=KEYED),
            _EMAIL,
            _PHONE,
            *_ADDRESS,
        ),
    ),
    Leak(
        breach="laposte-2025",
        eligible=aged(18),
        columns=(
            *_NAME,
            Column(header="annee_naissance", build=civil.birth_year, missing=0.1),
            _EMAIL,
            _PHONE,
            *_ADDRESS,
        ),
    ),
    Leak(
        breach="autosur-2025",
        eligible=aged(18),
        stale=4.0,
        columns=(
            *_NAME,
            _EMAIL,
            _PHONE,
            *_ADDRESS,
            Column(header="immatriculation", build=plain.numbered("SYN-######"), missing=0.02),
        ),
    ),
    Leak(
        breach="deezer-2019",
        eligible=aged(12, 70),
        share=0.15,  # of 229 million accounts in the world: assumption
        stale=3.0,
        columns=(
            Column(header="pseudo", build=plain.numbered("fan-syn-########")),
            Column(header="prenom", build=civil.first_name("title"), missing=0.4),
            Column(header="nom", build=civil.surname("title"), missing=0.4),
            Column(header="sexe", build=civil.sex(), missing=0.1),
            Column(header="date_naissance", build=civil.birth_date("%Y-%m-%d", off=0.06), missing=0.1),
            Column(header="email", build=contact.email(0.1)),
            Column(header="adresse_ip", build=plain.numbered("ip-syn-########")),
            _WHEREABOUTS,
        ),
    ),
    Leak(
        breach="linkedin-2012",
        eligible=aged(20, 65),
        share=0.05,  # assumption, as for all world-wide services
        columns=(
            Column(header="email", build=contact.email(0.5)),
            Column(header="hash_mdp", build=plain.password_hash("linkedin", "SHA1"), missing=0.3),
        ),
    ),
    Leak(
        breach="collection1-2019",
        eligible=aged(14),
        share=0.20,  # assumption
        repeated=0.1,
        stale=6.0,
        columns=(
            Column(header="email", build=contact.email(0.25, capitals=0.03)),
            Column(header="mot_de_passe", build=plain.password("collection1")),
        ),
    ),
)
