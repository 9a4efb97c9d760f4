"""What the address book decides: which searches there are, what is found, what is told of it.

Knows: the store's transaction, the wire's values. Must not know: XML, HTTP, SQL, how a caller was verified.
"""
