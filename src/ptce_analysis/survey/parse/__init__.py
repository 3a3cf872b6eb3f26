"""What a written answer states: one strict reader of one text for each kind of answer; nothing is ever guessed."""
