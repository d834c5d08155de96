"""The ComfyUI nodes that generate, by their names in a graph.

Data only. A name that merely resembles says nothing: `VideoFrameSampler` picks frames,
`FramesToVideo` joins them, `KSamplerSelect` chooses an algorithm and runs nothing. The names are
those of ComfyUI 0.3 and of the node packs most installed (ComfyUI-Manager's list, 2026). Versions
at the end of a service's name are left off, as the next one does the same.
"""

from __future__ import annotations

import re

__all__ = ["generates"]

SAMPLERS = frozenset(
    {
        # ComfyUI itself
        *("KSampler", "KSamplerAdvanced", "SamplerCustom", "SamplerCustomAdvanced"),
        # Efficiency, Impact, Inspire, WAS, tinyterra, Easy-Use, Essentials
        *("KSampler (Efficient)", "KSampler Adv. (Efficient)", "KSampler SDXL (Eff.)"),
        *("ImpactKSamplerBasicPipe", "ImpactKSamplerAdvancedBasicPipe"),
        *("RegionalSampler", "RegionalSamplerAdvanced"),
        *("TwoSamplersForMask", "TwoAdvancedSamplersForMask"),
        *("KSampler //Inspire", "KSamplerAdvanced //Inspire"),
        *("KSamplerPipe //Inspire", "KSamplerAdvancedPipe //Inspire"),
        *("KSamplerProgress //Inspire", "KSamplerAdvancedProgress //Inspire"),
        *("KSampler (WAS)", "KSampler Cycle"),
        *("ttN KSampler_v2", "ttN pipeKSampler", "ttN pipeKSampler_v2"),
        *("ttN pipeKSamplerAdvanced", "ttN pipeKSamplerAdvanced_v2"),
        *("ttN pipeKSamplerSDXL", "ttN pipeKSamplerSDXL_v2"),
        *("easy kSampler", "easy fullkSampler", "easy kSamplerTiled", "easy kSamplerCustom"),
        *("easy kSamplerInpainting", "easy kSamplerLayerDiffusion", "easy kSamplerSDTurbo"),
        *("easy kSamplerDownscaleUnet", "easy cascadeKSampler", "easy fullCascadeKSampler"),
        *("KSamplerVariationsStochastic+", "KSamplerVariationsWithNoise+"),
        # samplers of their own, and of single models
        *("BNK_TiledKSampler", "BNK_TiledKSamplerAdvanced"),
        *("ClownsharKSampler", "ClownsharKSampler_Beta", "Legacy_ClownsharKSampler"),
        *("ClownsharkChainsampler_Beta", "SharkSampler", "SharkSampler_Beta"),
        *("SharkSamplerAdvanced_Beta", "SharkChainsampler_Beta", "UltraSharkSampler"),
        *(
            "KRestartSampler",
            "KRestartSamplerAdv",
            "KRestartSamplerCustom",
            "KRestartSamplerSimple",
        ),
        *("KSampler With Refiner (Fooocus)", "Fooocus_KSampler", "Fooocus_KSamplerAdvanced"),
        *("Fooocus_KSamplerEfficient", "Fooocus_KSamplerEfficientAdvanced", "PrimereKSampler"),
        *("SeargeSDXLSampler", "SeargeSDXLSampler2", "SeargeSDXLSamplerV3"),
        *("SeargeSDXLImage2ImageSampler", "SeargeSDXLImage2ImageSampler2"),
        *("LanPaint_KSampler", "LanPaint_KSamplerAdvanced"),
        *("LanPaint_SamplerCustom", "LanPaint_SamplerCustomAdvanced"),
        *("XlabsSampler", "KolorsSampler", "LuminaT2ISampler", "PyramidFlowSampler"),
        *("HyVideoSampler", "HyVideoPromptMixSampler", "CogVideoSampler", "MochiSampler"),
        *("WanVideoSampler", "WanVideoSamplerv2", "WanVideoSamplerFromSettings"),
        *("WanVideoDiffusionForcingSampler", "WanVideoKsampler", "WanMoeKSampler"),
        *("WanMoeKSamplerAdvanced", "TripleKSamplerWan22Lightning"),
        *("TripleKSamplerWan22LightningAdvanced", "TripleKSamplerWan22LightningAdvancedAlt"),
        *("TripleWVSampler", "TripleWVSamplerAdvanced", "TripleWVSamplerAdvancedAlt"),
        *("FramePackSampler", "FramePackSampler_F1", "HunyuanVideoSamplerSave"),
        *("LTXVBaseSampler", "LTXVExtendSampler", "LTXVInContextSampler"),
        *("LTXVLoopingSampler", "LTXVNormalizingSampler", "LTXVTiledSampler"),
    }
)
"""Nodes that run a diffusion model."""

SERVICES = frozenset(
    {
        *("BriaExpandImage", "BriaGenFill", "BriaImageEdit"),
        *("ByteDance2FirstLastFrame", "ByteDance2Reference", "ByteDance2TextToVideo"),
        *("ByteDanceFirstLastFrame", "ByteDanceImage", "ByteDanceImageEdit", "ByteDanceSeedAudio"),
        *("ByteDanceImageReference", "ByteDanceImageToVideo", "ByteDanceSeedream"),
        *("ByteDanceTextToVideo", "ElevenLabsSpeechToSpeech", "ElevenLabsTextToDialogue"),
        *("ElevenLabsTextToSoundEffects", "ElevenLabsTextToSpeech", "FishAudioTextToSpeech"),
        *("Flux2Image", "Flux2ProImage", "FluxKontextMaxImage", "FluxKontextProImage"),
        *("FluxProExpand", "FluxProFill", "FluxProImage", "FluxProUltraImage"),
        *("FluxProCanny", "FluxProDepth", "GeminiImage", "GeminiNanoBanana", "GeminiVideoOmni"),
        *("GrokImage", "GrokImageEdit", "GrokVideo", "GrokVideoEdit", "GrokVideoExtend"),
        *("GrokVideoReference", "HappyHorseImageToVideo", "HappyHorseReferenceVideo"),
        *("HappyHorseTextToVideo", "HappyHorseVideoEdit", "HeyGenAvatarVideo"),
        *("HeyGenTalkingPhoto", "HeyGenTextToSpeech", "Ideogram", "IdeogramPImage"),
        *("KlingAvatar", "KlingCameraControlI2V", "KlingCameraControlT2V"),
        *("KlingDualCharacterVideoEffect", "KlingFirstLastFrame", "KlingImage2Video"),
        *("KlingImageGeneration", "KlingImageToVideoWithAudio", "KlingLipSyncAudioToVideo"),
        *("KlingLipSyncTextToVideo", "KlingMotionControl", "KlingOmniProEditVideo"),
        *("KlingOmniProFirstLastFrame", "KlingOmniProImage", "KlingOmniProImageToVideo"),
        *("KlingOmniProTextToVideo", "KlingOmniProVideoToVideo", "KlingSingleImageVideoEffect"),
        *("KlingStartEndFrame", "KlingTextToVideo", "KlingTextToVideoWithAudio", "KlingVideo"),
        *("KlingVideoExtend", "KlingVirtualTryOn", "Krea2Image", "LtxvApiImageToVideo"),
        *("LtxvApiTextToVideo", "LumaImage", "LumaImageEdit", "LumaImageModify"),
        *("LumaImageToVideo", "LumaRay32ExtendVideo", "LumaRay32ImageToVideo"),
        *("LumaRay32KeyframesToVideo", "LumaRay32TextToVideo", "LumaRay32VideoEdit", "LumaVideo"),
        *("MagnificImageStyleTransfer", "MinimaxHailuo03FirstLastFrame"),
        *("MinimaxHailuo03Reference", "MinimaxHailuo03TextToVideo", "MinimaxHailuoVideo"),
        *("MinimaxImageToVideo", "MinimaxSubjectToVideo", "MinimaxTextToVideo"),
        *("MoonvalleyImg2Video", "MoonvalleyTxt2Video", "MoonvalleyVideo2Video"),
        *("OpenAIDalle", "OpenAIGPTImage", "OpenAIVideoSora"),
        *("PikaImageToVideo", "PikaScenes", "PikaStartEndFrame", "PikaTextToVideo"),
        *("Pikadditions", "Pikaffects", "Pikaswaps", "PixverseImageToVideo"),
        *("PixverseTemplate", "PixverseTextToVideo", "PixverseTransitionVideo"),
        *("QuiverTextToSVG", "QwenImageEdit", "QwenImageTextToImage", "RecraftImageInpainting"),
        *("RecraftImageToImage", "RecraftReplaceBackground", "RecraftTextToImage"),
        *("RecraftTextToVector", "RecraftV4TextToImage", "RecraftV4TextToVector"),
        *("ReveImageCreate", "ReveImageEdit", "ReveImageRemix"),
        *("RunwayAleph2Keyframe", "RunwayAleph2PromptImage", "RunwayAleph2VideoToVideo"),
        *("RunwayFirstLastFrame", "RunwayImageToVideo", "RunwayTextToImage"),
        *("SoniloTextToMusic", "SoniloVideoToMusic", "StabilityAudioInpaint"),
        *("StabilityAudioToAudio", "StabilityStableImageSD", "StabilityStableImageUltra"),
        *("StabilityTextToAudio", "SyncLipSync", "SyncTalkingImage"),
        *("Veo3FirstLastFrame", "Veo3VideoGeneration", "VeoVideoGeneration"),
        *("Vidu2ImageToVideo", "Vidu2ReferenceVideo", "Vidu2StartEndToVideo"),
        *("Vidu2TextToVideo", "Vidu3ImageToVideo", "Vidu3StartEndToVideo", "Vidu3TextToVideo"),
        *("ViduExtendVideo", "ViduImageToVideo", "ViduMultiFrameVideo", "ViduReferenceVideo"),
        *("ViduStartEndToVideo", "ViduTextToVideo"),
        *("Wan2ImageToVideoApi", "Wan2ReferenceVideoApi", "Wan2TextToVideoApi"),
        *("Wan2VideoContinuationApi", "Wan2VideoEditApi", "WanImageToImageApi"),
        *("WanImageToVideoApi", "WanReferenceVideoApi", "WanTextToImageApi", "WanTextToVideoApi"),
    }
)
"""Nodes that ask a service to generate, without `Node`, `Api` and version behind the name."""

# `Node`, `Api`, `NodeV2`, `V3`, `2_2`, `SD_3_5Node`, `NodeGen3a`.
_END = re.compile(r"(?:_?\d[\d_]*|V\d+)?(?:Node|Api)?(?:\d[\d_]*|V\d+|Gen\d\w?)?")


def generates(kind: str) -> bool:
    """Whether a node of this kind generates; never for a kind that is not known."""
    if kind in SAMPLERS or kind in SERVICES:
        return True
    return any(
        kind[:length] in SERVICES and _END.fullmatch(kind, length)
        for length in range(len(kind) - 1, 0, -1)
    )
