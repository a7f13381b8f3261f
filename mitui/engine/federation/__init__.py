"""A pod's federated token, and whom it may be shown to: the authorities of the clouds, or the cluster's token proxy."""
