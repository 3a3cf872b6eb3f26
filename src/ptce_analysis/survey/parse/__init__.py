"""What a written answer states. One strict reader of one text for each kind of answer; nothing is ever guessed."""
