"""The ledger of what is hidden of the waves of a folder."""
