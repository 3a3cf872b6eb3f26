"""Tables in, figures, sentences and pages out, in the reader's language, with what may be shown of answers."""
