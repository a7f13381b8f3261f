"""A Resource Manager with TLS, and the clouds that it names: what Azure CLI needs to log in."""

from __future__ import annotations

import time
from typing import Any, Final

from mitui.simulator import arm
from mitui.simulator.certificates import server_context
from mitui.simulator.reading import RecordedRequest
from mitui.simulator.replies import json_reply
from mitui.simulator.served import Watcher, served_by_token
from mitui.simulator.server import Greeting, LoopbackServer, Reply
from mitui.simulator.settings import HostSettings

_NAMES: Final = ("localhost", "127.0.0.1", "management.azure.com")
METADATA: Final = "/metadata/endpoints"


def _greet() -> Greeting:
    return Greeting(server_context(*_NAMES))


class ResourceManager:
    """Answers for a host's ARM over TLS on loopback; ``settings`` are the host's. ``watch`` is told of each request."""

    def __init__(self, settings: HostSettings, watch: Watcher, port: int = 0) -> None:
        self._settings = settings
        self._watch = watch
        self._server = LoopbackServer(self._told, port=port, greet=_greet)

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"https://127.0.0.1:{self._server.port}"

    @property
    def variables(self) -> dict[str, str]:
        """What points Azure CLI at it: the CLI then takes its clouds from here."""
        return {"ARM_CLOUD_METADATA_URL": f"{self.url}{METADATA}?api-version=2022-09-01"}

    def start(self) -> None:
        """Listen."""
        self._server.start()

    def stop(self) -> None:
        """Close the port and every connection."""
        self._server.stop()

    def _told(self, request: RecordedRequest) -> Reply:
        started = time.perf_counter()
        reply = self._answer(request)
        self._watch(served_by_token("arm", request, reply, started))
        return reply

    def _answer(self, request: RecordedRequest) -> Reply:
        if request.path.rstrip("/") == METADATA:
            return json_reply(200, [self._cloud()])
        if arm.knows(request.path):
            return arm.answer(self._settings, request)
        return json_reply(404, {"error": {"code": "NotFound", "message": f"There is no {request.path} here."}})

    def _cloud(self) -> dict[str, Any]:
        """Azure's public cloud with this Resource Manager in place of its own.

        The fields are those that azure-cli-core 2.91 reads in ``azure/cli/core/cloud.py``.
        """
        return {
            "name": "AzureCloud",
            "portal": "https://portal.azure.com",
            "authentication": {
                "loginEndpoint": "https://login.microsoftonline.com",
                "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
                "tenant": "common",
                "identityProvider": "AAD",
            },
            "media": "https://rest.media.azure.net",
            "graphAudience": "https://graph.windows.net/",
            "graph": "https://graph.windows.net/",
            "suffixes": {
                "azureDataLakeStoreFileSystem": "azuredatalakestore.net",
                "acrLoginServer": "azurecr.io",
                "sqlServerHostname": "database.windows.net",
                "azureDataLakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
                "keyVaultDns": "vault.azure.net",
                "storage": "core.windows.net",
                "mysqlServerEndpoint": "mysql.database.azure.com",
                "postgresqlServerEndpoint": "postgres.database.azure.com",
                "mhsmDns": "managedhsm.azure.net",
                "storageSyncEndpointSuffix": "afs.azure.net",
                "synapseAnalytics": "dev.azuresynapse.net",
            },
            "batch": "https://batch.core.windows.net/",
            "resourceManager": f"{self.url}/",
            "vmImageAliasDoc": "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/main/arm-compute/quickstart-"
            "templates/aliases.json",
            "activeDirectoryDataLake": "https://datalake.azure.net/",
            "sqlManagement": "https://management.core.windows.net:8443/",
            "microsoftGraphResourceId": "https://graph.microsoft.com/",
            "appInsightsResourceId": "https://api.applicationinsights.io",
            "logAnalyticsResourceId": "https://api.loganalytics.io",
            "synapseAnalyticsResourceId": "https://dev.azuresynapse.net",
            "attestationResourceId": "https://attest.azure.net",
            "ossrDbmsResourceId": "https://ossrdbms-aad.database.windows.net",
        }
