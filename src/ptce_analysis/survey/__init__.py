"""Answers in, tidy tables out: read the bytes, parse each cell, clean by named rules; every repair is listed."""
