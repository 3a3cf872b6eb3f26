"""Strategies: what people, machines and vandals write in a cell."""

from hypothesis import strategies as st

ALPHABET = "0123456789 .,'€kKmMEeuros+-x/%()<>?~=@#à;:\u00a0\u202f−½²éàxNCDGRPTL\n\t\""
PIECES = st.sampled_from(
    ["25", "1 500", "1.500", "k€", "M€", "€", "env.", "entre", "et", "+", "x", "sur 3 ans", "NC", "ETP", "%", "1/2",
        "Région", "CG", "CDC", "(", ")",
     "mi-temps", "-", "0", "HT", "mille", "une vingtaine de", "émergence", "projet", "Grand Lyon", "en nature",
     "2015", "/mois", "ou", "<", "=", ","]
)  # fmt: skip
answers = st.one_of(st.text(ALPHABET, max_size=25), st.lists(PIECES, max_size=6).map(" ".join), st.text(max_size=15))
safe = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=15)
