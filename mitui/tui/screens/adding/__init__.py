"""The dialogs that add an identity, a resource or a vault, or rename one."""
