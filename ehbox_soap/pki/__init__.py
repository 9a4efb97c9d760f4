"""Throw-away test certificates: an authority in a folder, certificates in the platform's subject form, keystores.

Knows: X.509, PKCS#12, files. Must not know: XML, the mailbox, who is trusted. Nothing here is for production.
"""
