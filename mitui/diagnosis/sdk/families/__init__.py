"""The SDKs, a module for each language or kind of tool. A new release of an SDK is a change to its row here."""
