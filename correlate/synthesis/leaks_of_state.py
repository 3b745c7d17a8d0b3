"""Leaked files of health insurers and public bodies."""

from __future__ import annotations

from correlate.synthesis import contact_columns as contact
from correlate.synthesis import identity_columns as civil
from correlate.synthesis import plain_columns as plain
from correlate.synthesis.column import Column
from correlate.synthesis.leak import Leak, aged, parents_of
from correlate.synthesis.noise import KEYED, SCANNED, Noise

__all__ = ["STATE_LEAKS"]

_NIR_SLIPS = Noise(substituted=0.002, transposed=0.001, truncated=0.001)
_ADDRESS = (
    Column(header="adresse", build=contact.street(capitals=True, shortened=0.3), missing=0.02, noise=KEYED),
    Column(header="code_postal", build=contact.postcode, missing=0.01),
    Column(header="ville", build=contact.city(), missing=0.01, noise=KEYED),
)
_FAMILY = plain.choice("assuré", "assuré et conjoint", "assuré et enfants", "famille")

STATE_LEAKS = (
    Leak(
        breach="viamedis-almerys-2024",
        eligible=aged(0),
        share=0.48,  # 33 of 68.95 million
        together=0.85,
        family_nir=True,
        repeated=0.01,
        columns=(
            Column(header="num_secu", build=civil.nir(key=0.7), missing=0.01, noise=_NIR_SLIPS),
            Column(header="nom", build=civil.surname(in_use=0.6), missing=0.002, noise=SCANNED),
            Column(header="prenom", build=civil.first_name(spaced=0.2), missing=0.004, noise=SCANNED),
            Column(header="date_naissance", build=civil.birth_date("%Y%m%d"), missing=0.005),
            Column(header="assureur", build=plain.insurer),
            Column(header="numero_contrat", build=plain.numbered("CTR-SYN-########"), missing=0.03),
            Column(header="ayants_droit", build=_FAMILY, missing=0.25),
        ),
    ),
    Leak(
        breach="almerys-2026",
        eligible=aged(0),
        share=0.10,  # no total was published: assumption
        together=0.9,
        family_nir=True,
        columns=(
            Column(header="nir", build=civil.nir(key=1.0, spaced=0.1), noise=_NIR_SLIPS),
            Column(header="nom", build=civil.surname(in_use=0.7), noise=KEYED),
            Column(header="prenom", build=civil.first_name(spaced=0.1), noise=KEYED),
            Column(header="date_naissance", build=civil.birth_date("%d/%m/%Y")),
            Column(header="rang_naissance", build=civil.birth_rank),
            Column(header="assureur", build=plain.insurer),
            Column(header="numero_contrat", build=plain.numbered("ALM-SYN-########")),
            Column(header="date_debut_contrat", build=plain.date_before(6), missing=0.02),
        ),
    ),
    Leak(
        breach="francetravail-2024",
        eligible=aged(17, 72),
        share=0.53,  # 36.8 of 68.95 million
        repeated=0.06,  # 43 million rows announced
        stale=12.0,
        columns=(
            Column(header="identifiant_france_travail", build=plain.numbered("FT-SYN-########")),
            Column(header="nom", build=civil.surname("plain", in_use=0.75), noise=KEYED),
            Column(header="prenom", build=civil.first_name("plain", spaced=0.15), noise=KEYED),
            Column(header="date_naissance", build=civil.birth_date("%d/%m/%Y", swapped=0.001), missing=0.01),
            Column(header="nir", build=civil.nir(key=0.9, spaced=0.05), missing=0.03, noise=_NIR_SLIPS),
            Column(header="email", build=contact.email(0.2), missing=0.12, noise=Noise(substituted=0.002)),
            Column(header="telephone", build=contact.phone(0.15, spaced=0.1), missing=0.1, noise=_NIR_SLIPS),
            *_ADDRESS,
        ),
    ),
    Leak(
        breach="pajemploi-2025",
        eligible=parents_of(0, 7),
        together=0.2,
        columns=(
            Column(header="numero_urssaf", build=plain.numbered("PAJ-SYN-########")),
            Column(header="nom_naissance", build=civil.birth_name("capitals"), noise=KEYED),
            Column(header="nom_usage", build=civil.usage_name("capitals"), noise=KEYED),
            Column(header="prenom", build=civil.first_name("title"), noise=KEYED),
            Column(header="date_naissance", build=civil.birth_date("%Y-%m-%d")),
            Column(header="lieu_naissance", build=civil.birth_place, missing=0.02),
            Column(header="nir", build=civil.nir(), missing=0.05),
            Column(header="adresse", build=contact.street(), missing=0.01),
            Column(header="banque", build=contact.bank, missing=0.1),
        ),
    ),
    Leak(
        breach="passsport-2025",
        eligible=aged(6, 30),
        together=0.8,
        family_nir=True,
        columns=(
            Column(header="numero_allocataire", build=plain.numbered("CAF-SYN-######"), missing=0.2),
            Column(header="ine", build=plain.numbered("INE-SYN-########"), missing=0.5),
            Column(header="nom", build=civil.surname("title", in_use=0.5), noise=KEYED),
            Column(header="prenom", build=civil.first_name("title"), noise=KEYED),
            Column(header="sexe", build=civil.sex()),
            Column(header="date_naissance", build=civil.birth_date("%d/%m/%Y")),
            Column(header="nir", build=civil.nir(key=0.5), missing=0.6),
            Column(header="email", build=contact.email(0.05), missing=0.1),
            Column(header="telephone", build=contact.phone(0.05), missing=0.15),
            *_ADDRESS,
        ),
    ),
    Leak(
        breach="ficoba-2026",
        eligible=aged(10),
        columns=(
            Column(header="numero_fiscal", build=plain.numbered("SPI-SYN-##########"), missing=0.3),
            Column(header="nom_naissance", build=civil.birth_name()),
            Column(header="prenoms", build=civil.first_name(all_names=True)),
            Column(header="date_naissance", build=civil.birth_date("%d%m%Y", swapped=0.0005, off=0.001)),
            Column(header="lieu_naissance", build=civil.birth_place, missing=0.05),
            Column(header="iban", build=contact.iban()),
            *_ADDRESS,
        ),
    ),
    Leak(
        breach="assuranceretraite-2024",
        eligible=aged(55),
        columns=(
            Column(header="nir", build=civil.nir(key=0.6)),
            Column(header="nom_naissance", build=civil.birth_name(), noise=SCANNED),
            Column(header="nom_usage", build=civil.usage_name(), noise=SCANNED),
            Column(header="prenom", build=civil.first_name(spaced=0.3), noise=SCANNED),
            *_ADDRESS,
            Column(
                header="revenus",
                build=plain.choice("moins de 12 k", "12 a 18 k", "18 a 30 k", "plus de 30 k"),
            ),
        ),
    ),
)
