"""Who exists: reading the seed of people, organisations and boxes, and putting it into the store.

Knows: the seed format. Must not know: SQL, XML, assertions.
"""
