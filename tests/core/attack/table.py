"""All reasons, once every module has put its own into the table."""

from tests.core.attack import claims
from tests.core.attack import encodings
from tests.core.attack import headers
from tests.core.attack import signatures
from tests.core.attack.reasons import Reason
from tests.core.attack.reasons import REASONS
from tests.core.attack.world import Kind


MODULES = (headers, encodings, signatures, claims)
#: Every reason with every kind of assertion it applies to.
TABLE: list[tuple[Reason, Kind]] = [
    (each, kind) for each in REASONS.values() for kind in each.kinds
]
