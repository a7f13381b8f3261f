"""The whole catalogue for tokens; where the certainty is the same, earlier entries rank higher."""

from __future__ import annotations

from typing import Final

from mitui.diagnosis.catalogue.app_service import APP_SERVICE_CAUSES
from mitui.diagnosis.catalogue.arc import ARC_CAUSES
from mitui.diagnosis.catalogue.entra import ENTRA_CAUSES
from mitui.diagnosis.catalogue.entra_codes import ENTRA_CODE_CAUSES
from mitui.diagnosis.catalogue.general import GENERAL_CAUSES
from mitui.diagnosis.catalogue.hosted import CLOUD_SHELL_CAUSES, ML_CAUSES, SERVICE_FABRIC_CAUSES
from mitui.diagnosis.catalogue.imds import IMDS_CAUSES
from mitui.diagnosis.catalogue.strangers import STRANGER_CAUSES
from mitui.diagnosis.catalogue.unreachable import UNREACHABLE_CAUSES
from mitui.diagnosis.catalogue.workload_identity import WORKLOAD_CAUSES
from mitui.diagnosis.cause import Cause
from mitui.diagnosis.token.case import TokenCase

TOKEN_CAUSES: Final[tuple[Cause[TokenCase], ...]] = (
    *WORKLOAD_CAUSES,
    *ENTRA_CODE_CAUSES,
    *ENTRA_CAUSES,
    *STRANGER_CAUSES,
    *UNREACHABLE_CAUSES,
    *IMDS_CAUSES,
    *APP_SERVICE_CAUSES,
    *ARC_CAUSES,
    *ML_CAUSES,
    *CLOUD_SHELL_CAUSES,
    *SERVICE_FABRIC_CAUSES,
    *GENERAL_CAUSES,
)
