"""The mock STS: what it is asked, what the register certifies, the assertion it signs.

Knows: SAML 1.1, the register. Must not know: SOAP, HTTP, SQL, boxes. It is for tests: its key is a throw-away.
"""
