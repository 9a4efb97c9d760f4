"""The contract as it ships: what its files promise, without a server."""
