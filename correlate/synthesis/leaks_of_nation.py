"""Further leaked files that a good part of the nation is in, for runs over all of it."""

from __future__ import annotations

from correlate.synthesis import contact_columns as contact
from correlate.synthesis import identity_columns as civil
from correlate.synthesis import plain_columns as plain
from correlate.synthesis.chance import Flags
from correlate.synthesis.column import Column
from correlate.synthesis.contacts import has_mobile
from correlate.synthesis.days import ages
from correlate.synthesis.leak import Leak, aged
from correlate.synthesis.noise import KEYED, SPOKEN, Noise
from correlate.synthesis.population import Population

__all__ = ["NATION_LEAKS"]

_SLIPS = Noise(substituted=0.002, transposed=0.001)


def _found_by_telephone(people: Population, day: int) -> Flags:
    """Take who has an account and a mobile: the file was gathered by trying out numbers."""
    age = ages(people.kin.birth, day)
    return (age >= 13) & (age < 85) & has_mobile(people, day)


NATION_LEAKS = (
    Leak(
        breach="facebook-2019",
        eligible=_found_by_telephone,
        share=0.29,  # 20 of 68.95 million: the press counted 19.8 million French accounts (recalled)
        stale=1.0,
        columns=(
            Column(header="telephone", build=contact.phone(0.0, abroad=1.0)),
            Column(header="prenom", build=civil.first_name("title")),
            Column(header="nom", build=civil.surname("title", in_use=0.7), noise=SPOKEN),
            Column(header="sexe", build=civil.sex("male", "female"), missing=0.03),
            # Few have a birth date or an e-mail address, by the catalogue; how few is an assumption.
            Column(header="date_naissance", build=civil.birth_date("%d/%m/%Y", off=0.03), missing=0.95),
            Column(header="email", build=contact.email(0.3), missing=0.99),
            Column(header="geolocalisation", build=contact.city(capitals=False), missing=0.5),
            Column(header="employeur", build=plain.employer, missing=0.8),
            Column(
                header="situation_familiale",
                build=plain.choice("Célibataire", "En couple", "Marié(e)", "C'est compliqué"),
                missing=0.6,
            ),
        ),
    ),
    Leak(
        breach="cegedim-2026",
        eligible=aged(0),  # the catalogue's 15 of 68.95 million: the upper of the two figures reported
        together=0.6,
        repeated=0.05,  # patients of two practices: assumption
        stale=10.0,
        columns=(
            Column(header="nom", build=civil.surname("plain", in_use=0.8), noise=KEYED),
            Column(header="prenom", build=civil.first_name("plain", spaced=0.2), noise=KEYED),
            Column(header="telephone", build=contact.phone(0.3, spaced=0.2), missing=0.1, noise=_SLIPS),
            Column(header="adresse", build=contact.street(capitals=True, shortened=0.3), noise=KEYED),
            Column(header="code_postal", build=contact.postcode, missing=0.01),
            Column(header="ville", build=contact.city(), missing=0.01, noise=SPOKEN),
            Column(
                header="pathologie",
                build=plain.choice("suivi", "vaccination", "certificat", "bilan"),
                missing=0.4,
            ),
        ),
    ),
    Leak(
        breach="urssaf-dpae-2026",
        eligible=aged(16, 68),  # the catalogue's 12 million, hired in the three years before
        stale=3.0,
        columns=(
            Column(header="nom", build=civil.surname("plain", in_use=0.5), noise=KEYED),
            Column(header="prenom", build=civil.first_name("plain", spaced=0.2), noise=KEYED),
            Column(header="date_naissance", build=civil.birth_date("%d/%m/%Y", swapped=0.001)),
            Column(header="employeur", build=plain.employer),
        ),
    ),
    Leak(
        breach="poleemploi-majorel-2023",
        eligible=aged(17, 66),  # the catalogue's 10 million: who looked for work in February 2022
        stale=1.5,
        columns=(
            Column(header="nom", build=civil.surname("plain", in_use=0.75), noise=KEYED),
            Column(header="prenom", build=civil.first_name("plain", spaced=0.15), noise=KEYED),
            Column(header="nir", build=civil.nir(key=0.9, spaced=0.05), missing=0.02, noise=_SLIPS),
            Column(
                header="situation_professionnelle",
                build=plain.choice("inscrit", "inscrit depuis un an", "radié"),
            ),
        ),
    ),
)
