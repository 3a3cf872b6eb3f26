"""One module per question: its sentences, tables and figures, written from the tables of `analysis`."""
