"""What people write about the use of their works by machines, in English and in French.

A small grammar, not a model: a text is cut into sentences and clauses (`sentences`, `clauses`), its
words are looked up in a lexicon (`lexicon`, with `english.toml` and `french.toml`), what is to be
done with a work is found (`actions`), and ordered rules say what the clause says of it
(`statements`). Whoever reads a sentence again can see which rule read it. What is not express is
not read: a general "all rights reserved" says nothing here.
"""
