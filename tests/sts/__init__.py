"""The mock STS."""
