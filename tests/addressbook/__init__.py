"""What the address book decides, by itself."""
