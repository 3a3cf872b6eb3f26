"""What may be shown of answers: tables with what could expose a respondent hidden, and what may be published."""
