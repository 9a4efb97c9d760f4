"""A SOAP server that behaves as Belgium's eHealthBox v3 does."""

__version__ = "0.1.0"
