"""Letters of other scripts, and odd Latin ones, that look like a Latin letter.

A word of Latin letters among which such letters stand is read as if they were Latin; so is a word
of nothing else in a text that is otherwise Latin. A word that has a letter of another script which
looks like none of ours is a word of that script, and is left alone.

After the Unicode character names and the shapes in common fonts; Unicode's own list of confusable
characters (UTS 39) is far longer, and also folds letters that no reader would confuse.
"""

from __future__ import annotations

__all__ = ["LOOKALIKES"]

BY_LETTER = {
    "a": "\u0430\u0251\u03b1\u1d00\uab30",
    "b": "\u042c\u0184\u13cf\u15af\u0299\u042a\u2c83",
    "c": "\u0441\u03f2\u1d04\u2ca5\U00010430",
    "d": "\u0501\u13e7\u1d05\u146f\ua4d2",
    "e": "\u0435\u04bd\u1d07\uab32\u2c89",
    "f": "\ua730\u1e9d\uab35\u0584\u03dd",
    "g": "\u0261\u1d83\u018d\u0581\u0262\u050d",
    "h": "\u04bb\u0570\u13c2\u029c",
    "i": "\u0456\u0131\u026a\u0269\u03b9\u13a5\u04cf\ua647\u2c93",
    "j": "\u0458\u03f3\u1d0a",
    "k": "\u043a\u03ba\u1d0b\u0138\u2c95",
    "l": "\u04c0\u05d5\u07ca\u1963\u029f\u01c0",
    "m": "\u043c\u1d0d",
    "n": "\u0578\u057c\u0274\u03b7\u2c9b",
    "o": "\u043e\u03bf\u0585\u03c3\u1d0f\u2c9f\u0ae6\u0c66\u0ce6\u0d66\u0e50\u0665\u101d",
    "p": "\u0440\u03c1\u03f1\u1d18\u2ca3",
    "q": "\u051b\u0563\u0566",
    "r": "\u0433\u1d26\u2c85\uab47\uab48\u0280",
    "s": "\u0455\ua731\u01bd\U00010448\uabaa",
    "t": "\u0442\u03c4\u1d1b\u2ca7",
    "u": "\u03c5\u057d\ua79f\u1d1c\u028b\u2ca9",
    "v": "\u0475\u03bd\u1d20\u05d8",
    "w": "\u051d\u1d21\u0461\u026f\u0561",
    "x": "\u0445\u03c7\u157d\u2cad",
    "y": "\u0443\u04af\u03b3\u1d8c\u028f\u1eff\u10e7\u213d",
    "z": "\u1d22\u1d23\u2c8d",
    "A": "\u0410\u0391\u13aa\u15c5\ua4ee",
    "B": "\u0412\u0392\u13f4\u15f7\ua4d0\u2c82",
    "C": "\u0421\u03f9\u13df\u2ca4\ua4da",
    "D": "\u13a0\u15de\ua4d3",
    "E": "\u0415\u0395\u13ac\ua4f0\u2c88",
    "F": "\u03dc\u15b4\ua4dd",
    "G": "\u050c\u13c0\u13f3\ua4d6",
    "H": "\u041d\u0397\u13bb\u157c\ua4e7\u2c8e",
    "I": "\u0406\u0399\u2c92\ua4f2",
    "J": "\u0408\u037f\u13ab\u148d\ua4d9",
    "K": "\u041a\u039a\u13e6\u16d5\ua4d7\u2c94",
    "L": "\u13de\u14aa\ua4e1\u2cd0",
    "M": "\u041c\u039c\u13b7\u15f0\ua4df\u2c98",
    "N": "\u039d\u2c9a\ua4e0",
    "O": "\u041e\u039f\u0555\u0b20\u12d0\u2c9e\ua4f3",
    "P": "\u0420\u03a1\u13e2\u146d\ua4d1\u2ca2",
    "Q": "\u051a\u2d55",
    "R": "\u13a1\u13d2\u1587\ua4e3",
    "S": "\u0405\u054f\u13da\ua4e2",
    "T": "\u0422\u03a4\u13a2\ua4d4\u2ca6",
    "U": "\u054d\u1200\u144c\ua4f4",
    "V": "\u0474\u13d9\u142f\ua4e6",
    "W": "\u051c\u13b3\u13d4\ua4ea",
    "X": "\u0425\u03a7\u2cac\ua4eb",
    "Y": "\u04ae\u03a5\u13a9\u2ca8\ua4ec",
    "Z": "\u0396\u13c3\ua4dc\u2c8c",
}

LOOKALIKES = {other: letter for letter, others in BY_LETTER.items() for other in others}
"""The Latin letter that each looks like."""
