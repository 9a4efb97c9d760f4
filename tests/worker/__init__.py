"""The worker: mails, deliveries to many and upkeep, each when it is due, and in a process of its own."""
