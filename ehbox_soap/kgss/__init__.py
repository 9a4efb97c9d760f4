"""The KGSS: it makes symmetric keys, keeps them encrypted, and hands them out to whom their maker allowed.

Knows: sealed content, attributes, the store's keys and tokens. Must not know: XML, HTTP, how a call is secured.
"""
