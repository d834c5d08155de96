"""Seeds of the target that reads sentences."""

from __future__ import annotations

__all__ = ["documents"]


def documents() -> dict[str, bytes]:
    """A page, terms with a list, a robots.txt, a dataset card, two languages, two encodings."""
    terms = "You may not:\n- scrape our articles to train AI;\n- carry out “text mining”.\n"
    french = (
        "L\u2019éditeur s\u2019oppose à toute fouille de textes et de données (L. 122-5-3 CPI).\n"
    )
    return {
        "page": (
            b"<html><head><title>Terms of use</title></head><body><p>Don&rsquo;t train AI on our "
            b"site.</p><!-- no AI training --><ul><li>TDM: reserved</li></ul><footer>Tous droits "
            b"r&eacute;serv&eacute;s, dont la fouille de donn&eacute;es.</footer></body></html>"
        ),
        "terms": terms.encode(),
        "french": french.encode(),
        "latin": french.replace("\u2019", "'").encode("latin-1"),
        "utf16": ("\ufeff" + terms).encode("utf-16-le"),
        "robots": b"# No AI training\n# on our site.\nUser-agent: *\nDisallow: / # no TDM\n",
        "card": b"---\nlicense: other\nlicense_details: no AI training\n---\n# X\nAI training "
        b"requires a licence.\n```\nno AI training\n```\n",
        "german": "Die Nutzung für das Text und Data Mining ist nicht gestattet.".encode(),
    }
