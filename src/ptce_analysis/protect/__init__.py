"""What may be shown of answers: tables with what could expose a respondent hidden, and the scan of what is published."""
