"""A tiny classifier of each of the families people publish, built and saved as the library does."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.detectors.plugins.classifiers import LABELS, named

SMALL: dict[str, Any] = {
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 16,
}
CONVOLUTIONS: dict[str, Any] = {
    "conv_dim": (8, 8),
    "conv_kernel": (40, 16),
    "conv_stride": (40, 16),
    "num_conv_pos_embeddings": 4,
    "num_conv_pos_embedding_groups": 2,
    "num_feat_extract_layers": 2,
    "classifier_proj_size": 8,
}
SQUARE = {"height": 32, "width": 32}


def saved(network: Any, processor: Any, folder: Path) -> Path:
    """With weights so large that two works have scores that differ."""
    import torch

    with torch.no_grad():
        for one in network.parameters():
            if one.dim() > 1:
                one.normal_(std=0.5)
    network.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


@contextmanager
def unwarned() -> Iterator[None]:
    """The library warns of the very filters that these models were published with."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "At least one mel filter")
        yield


# Sound


def spectrogram(folder: Path, labels: dict[int, str] = LABELS, **about: Any) -> Path:
    """An Audio Spectrogram Transformer: 1024 frames of 128 bands, whatever it is given."""
    import torch
    from transformers import ASTConfig, ASTFeatureExtractor, ASTForAudioClassification

    torch.manual_seed(0)
    config = ASTConfig(**SMALL, time_stride=64, frequency_stride=16, **named(labels), **about)
    with unwarned():
        processor = ASTFeatureExtractor()
    return saved(ASTForAudioClassification(config), processor, folder)


def waveform(name: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        import torch
        import transformers

        torch.manual_seed(0)
        config = getattr(transformers, f"{name}Config")(**SMALL, **CONVOLUTIONS, **named(LABELS))
        network = getattr(transformers, f"{name}ForSequenceClassification")(config)
        return saved(network, transformers.Wav2Vec2FeatureExtractor(), folder)

    return make


def whisper(folder: Path) -> Path:
    """Half a minute at once."""
    import torch
    from transformers import WhisperConfig, WhisperFeatureExtractor, WhisperForAudioClassification

    torch.manual_seed(0)
    config = WhisperConfig(
        vocab_size=60,
        d_model=16,
        encoder_layers=1,
        encoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_layers=1,
        decoder_attention_heads=2,
        decoder_ffn_dim=16,
        num_mel_bins=80,
        classifier_proj_size=8,
        **{f"{one}_token_id": 0 for one in ("pad", "bos", "eos", "decoder_start")},
        **named(LABELS),
    )
    return saved(WhisperForAudioClassification(config), WhisperFeatureExtractor(), folder)


# Pictures


def clip(folder: Path) -> Path:
    import torch
    from transformers import CLIPConfig, CLIPForImageClassification, CLIPImageProcessorPil

    torch.manual_seed(0)
    config = CLIPConfig(
        vision_config={**SMALL, "image_size": 32, "patch_size": 8},
        text_config={**SMALL, "vocab_size": 60},
        **named(LABELS),
    )
    processor = CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size=SQUARE)
    return saved(CLIPForImageClassification(config), processor, folder)


def siglip(folder: Path) -> Path:
    import torch
    from transformers import SiglipConfig, SiglipForImageClassification, SiglipImageProcessorPil

    torch.manual_seed(0)
    config = SiglipConfig(
        vision_config={**SMALL, "image_size": 32, "patch_size": 8},
        text_config={**SMALL, "vocab_size": 60},
        **named(LABELS),
    )
    processor = SiglipImageProcessorPil(size=SQUARE)
    return saved(SiglipForImageClassification(config), processor, folder)


def swin(folder: Path) -> Path:
    import torch
    from transformers import SwinConfig, SwinForImageClassification, ViTImageProcessorPil

    torch.manual_seed(0)
    config = SwinConfig(
        image_size=32,
        patch_size=4,
        embed_dim=8,
        depths=[1, 1],
        num_heads=[1, 2],
        window_size=4,
        **named(LABELS),
    )
    return saved(SwinForImageClassification(config), ViTImageProcessorPil(size=SQUARE), folder)


def convnext(folder: Path) -> Path:
    import torch
    from transformers import (
        ConvNextConfig,
        ConvNextForImageClassification,
        ConvNextImageProcessorPil,
    )

    torch.manual_seed(0)
    config = ConvNextConfig(hidden_sizes=[8, 8], depths=[1, 1], num_stages=2, **named(LABELS))
    processor = ConvNextImageProcessorPil(size={"shortest_edge": 32})
    return saved(ConvNextForImageClassification(config), processor, folder)


def deit(folder: Path) -> Path:
    """A family of which the library has more than one classifier."""
    import torch
    from transformers import (
        DeiTConfig,
        DeiTForImageClassificationWithTeacher,
        DeiTImageProcessorPil,
    )

    torch.manual_seed(0)
    config = DeiTConfig(**SMALL, image_size=32, patch_size=8, **named(LABELS))
    processor = DeiTImageProcessorPil(size=SQUARE, crop_size=SQUARE)
    return saved(DeiTForImageClassificationWithTeacher(config), processor, folder)


# Texts


def letters(*marks: str) -> dict[str, int]:
    """A vocabulary of single bytes, as byte-level tokenizers spell them, after some marks."""
    from tokenizers.pre_tokenizers import ByteLevel

    return {one: place for place, one in enumerate((*marks, *sorted(ByteLevel.alphabet())))}


def roberta(folder: Path) -> Path:
    import torch
    from transformers import RobertaConfig, RobertaForSequenceClassification, RobertaTokenizer

    torch.manual_seed(0)
    words = letters("<s>", "<pad>", "</s>", "<unk>", "<mask>")
    config = RobertaConfig(
        **SMALL, vocab_size=len(words), max_position_embeddings=130, **named(LABELS)
    )
    tokenizer = RobertaTokenizer(vocab=words, merges=[], model_max_length=128)
    return saved(RobertaForSequenceClassification(config), tokenizer, folder)


def distilbert(folder: Path) -> Path:
    import torch
    from transformers import BertTokenizer, DistilBertConfig, DistilBertForSequenceClassification

    torch.manual_seed(0)
    marks = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    words = [*marks, *alphabet, *(f"##{letter}" for letter in alphabet)]
    config = DistilBertConfig(
        dim=16,
        n_layers=1,
        n_heads=2,
        hidden_dim=16,
        vocab_size=len(words),
        max_position_embeddings=128,
        **named(LABELS),
    )
    tokenizer = BertTokenizer(vocab={word: place for place, word in enumerate(words)})
    return saved(DistilBertForSequenceClassification(config), tokenizer, folder)


def deberta(folder: Path) -> Path:
    import torch
    from transformers import DebertaV2Config, DebertaV2ForSequenceClassification, DebertaV2Tokenizer

    torch.manual_seed(0)
    marks = ("[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]")
    words = [(one, 0.0) for one in marks]
    words += [(one, -3.0) for one in ("\u2581", *"abcdefghijklmnopqrstuvwxyz")]
    config = DebertaV2Config(
        **SMALL,
        vocab_size=len(words),
        max_position_embeddings=128,
        relative_attention=True,
        pos_att_type=["p2c", "c2p"],
        **named(LABELS),
    )
    return saved(
        DebertaV2ForSequenceClassification(config), DebertaV2Tokenizer(vocab=words), folder
    )


def gpt2(folder: Path) -> Path:
    """Made without padding: it judges by the last token."""
    import torch
    from transformers import GPT2Config, GPT2ForSequenceClassification, GPT2Tokenizer

    torch.manual_seed(0)
    words = letters("<|endoftext|>")
    config = GPT2Config(
        n_embd=16,
        n_layer=1,
        n_head=2,
        n_positions=128,
        vocab_size=len(words),
        bos_token_id=0,
        eos_token_id=0,
        **named(LABELS),
    )
    return saved(
        GPT2ForSequenceClassification(config), GPT2Tokenizer(vocab=words, merges=[]), folder
    )


SOUND = {
    "ast": spectrogram,
    "wav2vec2": waveform("Wav2Vec2"),
    "hubert": waveform("Hubert"),
    "wavlm": waveform("WavLM"),
    "whisper": whisper,
}
PICTURES = {"clip": clip, "siglip": siglip, "swin": swin, "convnext": convnext, "deit": deit}
TEXTS = {"roberta": roberta, "distilbert": distilbert, "deberta-v2": deberta, "gpt2": gpt2}
