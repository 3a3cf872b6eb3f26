"""What the printed figures on French PTCE (2013 and 2015) determine, and what they do not."""

__version__ = "0.1.0"
