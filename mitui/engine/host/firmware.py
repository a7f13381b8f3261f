"""Which cloud the machine's firmware says that it runs in, from files alone.

What DMI holds (Linux: /sys/class/dmi/id) is set by whoever runs the machine and can be seen in its containers, too.
Sources: cloud-init's ds-identify for the vendors; Azure's chassis asset tag is the one that cloud-init and WALinuxAgent
look for.
"""

from __future__ import annotations

from typing import Final

from mitui.engine.host.environment import HostEnvironment
from mitui.engine.host.regular_file import FileContent, read_regular_file

AZURE: Final = "Azure"
_FOLDER: Final = "/sys/class/dmi/id"
_SIGNS: Final = (
    ("chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77", AZURE),
    ("chassis_asset_tag", "OracleCloud.com", "Oracle Cloud"),
    ("sys_vendor", "Amazon EC2", "AWS"),
    ("sys_vendor", "Google", "Google Cloud"),
    ("sys_vendor", "Alibaba Cloud", "Alibaba Cloud"),
    ("sys_vendor", "OpenStack Foundation", "OpenStack"),
    ("product_name", "OpenStack Nova", "OpenStack"),
    ("product_name", "OpenStack Compute", "OpenStack"),
)
_LONGEST: Final = 256


def firmware_cloud(environment: HostEnvironment) -> str:
    """The cloud by the machine's firmware: ``Azure``, ``AWS`` and so on; "" where that does not tell."""
    for name, text, cloud in _SIGNS:
        found = read_regular_file(environment.path(f"{_FOLDER}/{name}"), _LONGEST, follow_links=True, cut=True)
        if isinstance(found, FileContent) and found.content.decode("ascii", "replace").strip() == text:
            return cloud
    return ""
