"""What an eHealthBox does: (request, caller, transaction, moment) to answer. Knows no XML, no HTTP, no SQL."""
