"""A set of texts of many domains, each with what four machines made of it (Learning to Rewrite)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePosixPath

from detectors.evaluation.manifest import Label
from detectors.text.training.passages import Extractor, Passage

__all__ = ["EXTRACTORS"]

KINDS = {
    "AcademicResearch": "scientific",
    "ArtCulture": "encyclopaedia",
    "Business": "business",
    "EducationMaterial": "textbook",
    "Entertainment": "entertainment",
    "Environmental": "environment",
    "Finance": "finance",
    "FoodCusine": "food",
    "GovernmentPublic": "government",
    "LegalDocument": "legal",
    "LiteratureCreativeWriting": "story",
    "MedicalText": "medical",
    "NewsArticle": "news",
    "OnlineContent": "forum",
    "PersonalCommunication": "letter",
    "ProductReview": "review",
    "Religious": "religion",
    "Sports": "sport",
    "TechnicalWriting": "documentation",
    "TravelTourism": "travel",
}
FAMILIES = {
    "GPT-3-Turbo": ("openai", "gpt-3.5-turbo"),
    "GPT-4o": ("openai", "gpt-4o"),
    "Gemini-1.5-Pro": ("google", "gemini-1.5-pro"),
    "Llama-3-70B": ("meta", "llama-3-70b"),
}


def domain(path: str, data: bytes) -> Iterator[Passage]:
    """The texts of one domain by one author, in the order all authors have."""
    name, author = PurePosixPath(path).parts[0], PurePosixPath(path).stem
    label = Label.HUMAN if author == "human" else Label.AI
    family, version = FAMILIES.get(author, (None, None))
    for number, text in enumerate(json.loads(data)):
        work = f"l2r/{name}/{number}"
        yield Passage(
            text, label, f"l2r-{name}", KINDS[name], "en", work, family, version, prompt=work
        )


EXTRACTORS: dict[str, Extractor] = {"ranhli/l2r_data": domain}
