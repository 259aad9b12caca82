/** A published figure of a run that trains for something else than supervised fine-tuning, and what it lacks to be held against a prediction. */
type NotUsed = Readonly<{ source: string; what: string; why: string }>;

/** Figures that were read and left, as of November 2026. */
export const notUsedObjectiveRuns: readonly NotUsed[] = [
  {
    source: "huggingface/trl issue #2268",
    what: "KTO of Llama 3 8B with LoRA, batch 4, at most 1,000 tokens",
    why: "TRL 0.11, whose KTO is not counted",
  },
  {
    source: "huggingface/trl issue #5200",
    what: "DPO of Qwen2.5 0.5B with QLoRA, about 1,000 tokens, 17 GB",
    why: "TRL 0.12, whose DPO is not counted, and no batch",
  },
  {
    source: "huggingface/trl issue #3456",
    what: "GRPO of Qwen3 0.6B and 1.7B, batch 4, 49,273 and 78,147 MiB",
    why: "TRL 0.17, whose GRPO is not counted; method and optimizer are not said; nvidia-smi, with what generation held",
  },
  {
    source: "huggingface/trl issue #3678",
    what: "GRPO of a tiny Qwen2, 902 MB",
    why: "one forward of log-probabilities, and no step",
  },
  {
    source: "huggingface/trl PR #5882",
    what: "DPO that lets logits go earlier",
    why: "a change that was not merged; its figures could not be read",
  },
  {
    source: "huggingface/trl PR #5853",
    what: "DPO with a head in chunks",
    why: "a draft, and no release has it",
  },
  {
    source: "huggingface/trl@f2cd5771 examples/notebooks/grpo_trl_lora_qlora.ipynb",
    what: "GRPO of Qwen2 7B with QLoRA, 8.8 GiB reserved on a T4",
    why: "Liger's loss in place of TRL's (use_liger_kernel)",
  },
  {
    source: "modelscope/ms-swift@3602360a examples/train/rlhf, figures in the scripts",
    what: "DPO with LoRA 24 GiB, in full 4 × 57 GiB, SimPO 2 × 50 GB, GKD 4 × 66 GiB",
    why: "trainers of its own over a version of TRL that is not said, with another loss beside DPO's (rpo_alpha); round figures, and no tool",
  },
  {
    source: "linkedin/Liger-Kernel PR #1317",
    what: "DPO of LFM2 with and without Liger's kernels",
    why: "another trainer (leap-finetune); batches and lengths could not be read",
  },
  {
    source: "unslothai/notebooks@bdda2efc nb, Zephyr DPO and Llama 3 ORPO",
    what: "DPO and ORPO with QLoRA",
    why: "the saved outputs have no figure of the run; Unsloth's own losses",
  },
  {
    source: "unslothai/unsloth issue #1840",
    what: "GRPO of a model of 0.6B, 0.92 to 2.07 GiB",
    why: "Unsloth's own loss; batch and lengths are not said",
  },
  {
    source: "ghost.oxen.ai/grpo-vram-requirements-for-the-gpu-poor",
    what: "GRPO of small models, in full and with LoRA",
    why: "TRL of early 2025, whose GRPO is not counted",
  },
  {
    source: "hiyouga/LlamaFactory issue #10175",
    what: "DPO of a model of 4B with LoRA: batch 1 goes on 80 GB, 2 does not",
    why: "no lengths and no figure; LLaMA-Factory's own trainer over TRL 0.24",
  },
  {
    source: "hiyouga/LlamaFactory issue #8668",
    what: "KTO of Qwen3 8B with LoRA over ZeRO-3 that runs out of memory on V100s",
    why: "no length and no figure; LLaMA-Factory's own trainer",
  },
  {
    source: "huggingface/trl issue #557",
    what: "a reward model of LLaMA 7B with LoRA over 8 bits, 20 GB",
    why: "no length; a script of 2023, before RewardTrainer was written anew",
  },
  {
    source: "garg-aayush/building-from-scratch grpo/Notes.md",
    what: "GRPO of a small Qwen, step by step",
    why: "a loop of its own, and no trainer",
  },
];
