"""Sealed content (ETEE) and encryption tokens: CMS on asn1crypto and cryptography.

Knows: SignedData, EnvelopedData, the one format of sealed content. Must not know: XML, SQL, HTTP, who is who, the
client and the server's rooms, which all seal by it.
"""
