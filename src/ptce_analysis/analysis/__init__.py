"""Tables in, tables out: what the printed figures determine. Knows neither language, nor axis, nor path."""
