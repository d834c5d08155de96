"""The open vectors of RSL, ai.txt, TDM·AI and ONIX, and that the tool writes them as they are."""

from __future__ import annotations

import pytest

from provenance.rights.readers.ai_txt import AiTxtReader
from provenance.rights.readers.onix import OnixReader
from provenance.rights.readers.rsl import RslReader
from provenance.rights.readers.tdm_ai import TdmAiReader
from tests.provenance.rights.declaring import VECTORS, asked, expected, in_short, named, vectors
from tools import make_vectors_registers, make_vectors_rsl

READERS = {"rsl": RslReader, "ai-txt": AiTxtReader, "tdm-ai": TdmAiReader, "onix": OnixReader}
QUESTIONS = [(name, one) for name in READERS for one in vectors(name)]


@pytest.mark.parametrize(("name", "question"), QUESTIONS, ids=[named(one) for _, one in QUESTIONS])
def test_a_vector_is_answered(name, question, monkeypatch):
    monkeypatch.setattr("provenance.rights.iscc.is_installed", lambda: False)
    found = READERS[name]().read(asked(question))
    assert in_short(found) == expected(question), question["note"]


def test_there_are_as_many_as_the_tools_write(tmp_path):
    make_vectors_rsl.main(tmp_path)
    make_vectors_registers.main(tmp_path)
    for name in READERS:
        written = (tmp_path / f"{name}.jsonl").read_bytes()
        assert written == (VECTORS / f"{name}.jsonl").read_bytes(), name
        assert len(vectors(name)) >= 15
