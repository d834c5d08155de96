"""Manifests are taken out of texts whole, and only manifests; hostile texts cost no more time."""

from __future__ import annotations

import base64
import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.c2pa.text import DELIMITER, MAGIC, selectors
from provenance.c2pa.text_carriers import CLOSING, TEXTS, Place, body, found, place
from provenance.errors import SigningRefused

STORE = bytes(range(256)) * 3
"""768 bytes, of which 48 take three bytes as selectors: a multiple of three."""

B64 = base64.b64encode(STORE)
BLOCK = DELIMITER + b" data:application/c2pa;base64," + B64 + b" " + CLOSING
LINES = DELIMITER + b"\ndata:application/c2pa;base64," + B64 + b"\n" + CLOSING


def wrapper(content, version=b"\1", size=None):
    head = version + (len(content) if size is None else size).to_bytes(4, "big")
    return MAGIC + selectors(head + content).encode()


@pytest.mark.parametrize(
    ("name", "media_type", "text"),
    [
        ("a.txt", "text/plain", b"once"),
        ("a.txt", "text/plain", b"once\n\n"),
        ("a.md", "text/markdown", b"once"),
        ("a.md", "text/markdown", b"\r\nonce\r\n"),
        ("a.md", "text/markdown", b"---\ntitle: t\n---"),
        ("a.md", "text/markdown", b"\xef\xbb\xbf---\r\ntitle: t\r\n---\r\n"),
        ("a.md", "text/markdown", b"---\nonce"),
        ("a.py", "text/plain", b"once"),
        ("a.py", "text/plain", b"once\n"),
        ("a.py", "text/plain", b"once\r\n"),
        ("a.css", "text/plain", b"once {}\n\n"),
        ("a.yaml", "text/plain", b"---\nonce: a\n---\nonce: b\n"),
        ("a.html", "text/html", b"<html><head></head></html>"),
        ("a.html", "text/html", b"\n"),
    ],
)
def test_what_is_put_in_can_be_taken_out_again(name, media_type, text):
    signed = next(
        filter(None, (place(text, media_type, name).filled(STORE + bytes(n)) for n in range(9)))
    )
    (one,) = found(signed, media_type)
    assert one.store.rstrip(b"\0") == STORE.rstrip(b"\0")
    assert body(signed, [one]) == text
    where = place(text, media_type, name)
    assert one.start == len(where.before)
    assert one.end - one.start == where.length(len(one.store))


def test_a_wrapper_is_filled_up_to_its_length_or_not_made():
    lengths = {small: Place(b"", b"").filled(b"\xff" * 100 + b"\1" * small) for small in range(6)}
    for small, text in lengths.items():
        if text is not None:
            assert len(text) == Place(b"", b"").length(100 + small)
    assert len([text for text in lengths.values() if text is not None]) == 2


@pytest.mark.parametrize(
    ("content", "store"),
    [
        (wrapper(STORE), STORE),
        (wrapper(STORE) + selectors(b"\0\0\xff").encode(), STORE),
        (wrapper(STORE, version=b"\2"), None),
        (wrapper(STORE, size=len(STORE) + 1), None),
        (wrapper(b""), None),
        (MAGIC, None),
        (MAGIC + "\U000e01ef\U000e01ff".encode(), None),
    ],
)
def test_a_wrapper_holds_what_it_says_or_nothing(content, store):
    text = b"once " + content + b" upon a time"
    (one,) = found(text, "text/plain")
    assert one.store == store
    assert body(text, [one]) == b"once  upon a time"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (b"<!-- " + BLOCK + b" -->\nonce", b"once"),
        (b"once\n# " + BLOCK, b"once"),
        (b"once\r\n# " + BLOCK, b"once"),
        (b"once\n# " + BLOCK + b"\n", b"once\n"),
        (b"once\n  /* " + BLOCK + b" */\ntwice", b"once\ntwice"),
        (b"words <!-- " + BLOCK + b" --> words", b"words <!--  --> words"),
        (BLOCK, b""),
        (b"---\n" + LINES + b"\n---\n", b"---\n---\n"),
    ],
)
def test_a_block_goes_with_the_line_that_was_made_for_it(text, rest):
    (one,) = found(text, "text/markdown")
    assert one.store == STORE
    assert body(text, [one]) == rest


@pytest.mark.parametrize(
    ("tag", "store"),
    [
        (b"<script type='application/c2pa'>%b</script>", STORE),
        (b"<SCRIPT id=a type=application/c2pa >\n%b\n</SCRIPT >", STORE),
        (b"<script type='application/c2pa'>not base64: %b</script>", None),
    ],
)
def test_a_script_is_taken_out_with_its_tags(tag, store):
    page = b"<p>once</p>" + tag % B64 + b"<p>twice</p>"
    (one,) = found(page, "text/html")
    assert one.store == store
    assert body(page, [one]) == b"<p>once</p><p>twice</p>"


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.sh", b"echo once\\", "ends in a backslash"),
        ("a.sh", b"echo once \\\n", "ends in a backslash"),
        ("a.c", b"int a; // \\ \r\n", "ends in a backslash"),
        ("a.tex", b"once\\\\", "ends in a backslash"),
        ("a.py", b"once = 1\r", "half a line end"),
        ("a.sh", b"cat <<'EOF'\nonce\n", "here-document"),
        ("a.sh", b'tail -n +4 "$0"\nexit\nonce\n', "read itself"),
        ("a.sh", b'tail "${0}"\n', "read itself"),
        ("a.sh", b'tail "$BASH_SOURCE"\n', "read itself"),
        ("a.rb", b"puts DATA.read\r\n__END__\r\nonce\r\n", "ends in data"),
        ("a.rb", b"once\n__DATA__", "ends in data"),
        ("a.py", b"once = '''\n", "triple quotes"),
        ("a.toml", b'once = """\n', "triple quotes"),
        ("a.java", b'String once = """\n', "triple quotes"),
        *((f"a{one}", b"/* once */ /* twice\n", "block comment") for one in (".css", ".js", ".ts")),
        *((f"a{one}", b"*/ /* once", "block comment") for one in (".c", ".cpp", ".h", ".java")),
        *((f"a{one}", b"/*/ once", "block comment") for one in (".go", ".rs", ".sql")),
        ("a.yaml", b"# c\nonce: |+\n  text\n", "block scalar"),
        ("a.yaml", b"# c\nonce: >+\n  text\n# c\n", "block scalar"),
        ("a.yaml", b"# c\r\nonce: |\r\n  text", "block scalar"),
        ("a.yml", b"# c\ronce: >2-  # folded\r   text\n", "block scalar"),
        ("a.yml", b"# c\n- once:\n  - |\n    text\n", "block scalar"),
        ("a.yaml", b"%YAML 1.2\n--- !!str |\ntext\n", "block scalar"),
        ("a.yaml", b"# c\n|\ntext\n", "block scalar"),
        ("a.yaml", b"# c\n---\n  &a |\ntext\n", "block scalar"),
    ],
)
def test_a_text_whose_end_would_take_the_manifest_in_has_no_place(name, text, why):
    with pytest.raises(SigningRefused, match=why) as refused:
        place(text, "text/plain", name)
    assert "sidecar" in refused.value.hint


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.sh", b'printf "%s\\n" "$1" \\\n  once\n'),
        ("a.rb", b"puts '__END__'\n"),
        ("a.py", b'"""Once."""\nonce = """a""" \n'),
        ("a.css", b"/**/ once {} /* twice */\n"),
        ("a.js", b"// src/*.js\n/* once */\n"),
        ("a.yaml", b"# c\nonce: |+\n  text\n\ntwice: b\n"),
        ("a.yaml", b"# c\nonce: a > b\n"),
        ("a.tex", b"words in the middle\n"),
    ],
)
def test_a_last_line_is_made_without_an_empty_one(name, text):
    signed = place(text, "text/plain", name).filled(STORE)
    assert signed.startswith(text)
    assert signed.count(b"\n") == text.count(b"\n") + 1
    assert b"\n\n" not in signed[len(text) - 1 :]
    unended = place(text[:-1], "text/plain", name).filled(STORE)
    assert unended.startswith(text)
    assert not unended.endswith(b"\n")


@pytest.mark.parametrize("piece", [b"a: |  # b\n", b"\\ ", b"!a ", b"| ", b"/*", b"\t|", b"--- "])
@pytest.mark.parametrize("ending", [".yaml", ".sh", ".c"])
def test_the_end_of_a_hostile_text_is_looked_at_in_linear_time(piece, ending):
    text = b"# c\n" + piece * (1_000_000 // len(piece)) + b"|\n"
    start = time.process_time()
    with contextlib.suppress(SigningRefused):
        place(text, "text/plain", "a" + ending)
    assert time.process_time() - start < 3


def test_a_block_behind_an_empty_line_is_still_taken_out_whole():
    (one,) = found(b"once\n\n# " + BLOCK, "text/plain")
    assert body(b"once\n\n# " + BLOCK, [one]) == b"once\n"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"a page about application/c2pa",
        b"<script type='application/c2pa'></script>",
        b"<script>application/c2pa</script>",
        DELIMITER + b" and " + CLOSING,
        b"\xef\xbb\xbfonce",
        "👍\ufe0f".encode(),
    ],
)
def test_what_is_no_manifest_is_left(text):
    assert found(text, "text/html") == []


@pytest.mark.parametrize(
    "piece",
    [
        b"<script application/c2pa ",
        b"<script application/c2pa>",
        b"<script>",
        b"<!--",
        b"<a '",
        b'<meta a="b',
        b"<html>",
        b"---\n",
        DELIMITER,
        DELIMITER + b" data:a,",
        b"# " + BLOCK + b"\n",
        MAGIC,
        MAGIC + selectors(b"\1\0\0\0\1").encode(),
    ],
)
@pytest.mark.parametrize("media_type", sorted(TEXTS))
def test_a_hostile_text_is_searched_in_linear_time(piece, media_type):
    text = b"---\n" + piece * (1_000_000 // len(piece))
    name = {"text/plain": "a.txt", "text/markdown": "a.md"}.get(media_type, "a.html")
    start = time.process_time()
    rest = body(text, found(text, media_type))
    try:
        place(rest, media_type, name)
    except SigningRefused:
        assert media_type.endswith("ml")  # the head of a page, left open
    assert time.process_time() - start < 3


@given(st.binary(max_size=200), st.sampled_from(sorted(TEXTS)))
def test_any_bytes_can_be_searched(data, media_type):
    assert body(data, found(data, media_type)) is not None


@given(st.lists(st.sampled_from([b"a", b"\n", b"\r\n", b"# ", BLOCK, wrapper(STORE)]), max_size=8))
def test_nothing_is_taken_out_but_manifests_and_their_lines(pieces):
    text = b"".join(pieces)
    rest = body(text, found(text, "text/markdown"))
    assert rest.count(b"a") == pieces.count(b"a")
    assert found(rest, "text/markdown") == [] or BLOCK not in rest
