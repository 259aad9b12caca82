import type { StackId } from "#catalog/stacks.ts";
import type { MeasuredRun } from "./measured-run.ts";
import type { NotMapped } from "./not-mapped.ts";

/** What words on precision say of bf16 parameters whose optimizer has fp32 copies: DeepSpeed's way, whoever runs the loop. */
export const MASTERS_OF_BF16 = /\bbf16 (param|weight)\w*\b.*\bfp32 master/i;

/** Which library, and which version of it, a run's `framework` tells; the first that matches. */
const STACKS: readonly (readonly [RegExp, StackId])[] = [
  [/^lit-gpt/i, "lit-gpt-2023"],
  // The table of its config hub was measured from April to September 2024.
  [/^litgpt/i, "litgpt-0.4"],
  [/^torchtune 0\.1/i, "torchtune-0.1"],
  [/^torchtune.*compile=true/i, "torchtune-compiled"],
  [/^torchtune/i, "torchtune"],
  [/^torchtitan/i, "torchtitan"],
  [/^fsdp_qlora/i, "fsdp-qlora"],
  [/^deepspeed/i, "deepspeed"],
  // Transformers' trainer and PEFT. Without a version: as its benchmark was published, by July 2024; 3.0 is of December 2024.
  [/^(ms-)?swift(\W{0,3}v?[3-9]\.\d|.*\b20(2[5-9]|[3-9]\d)\b)/i, "transformers"],
  [/^(ms-)?swift\b/i, "transformers-4.45"],
  [/(transformers 4\.45|trl 0\.11).*framework_config=\S*foak/i, "fms-acceleration-4.45"],
  [/framework_config=\S*foak/i, "fms-acceleration"],
  // Unsloth's cross entropy under TRL's trainer is fms-acceleration's, where nothing more is said.
  [/sfttrainer.*loss=fast CE/i, "fms-acceleration"],
  [/transformers 4\.45|trl 0\.11/i, "trl-0.11"],
  [/trl 0\./i, "trl-0.13"],
  // Without a version: TRL's trainer as it was for most of its life.
  [/sfttrainer/i, "trl-0.13"],
  // finetune_ds.sh for all parameters, finetune_qlora_single_gpu.sh with ds_config_zero2.json: DeepSpeed's masters and states.
  [/qwen finetune\.py.*method=(full|qlora)/i, "deepspeed"],
  [/trainer.*transformers 4\.4[6-8]/i, "transformers-4.46"],
  [/trainer.*transformers 4\.(49|[5-9]\d)/i, "transformers"],
  [/qwen finetune\.py|transformers docs|trainer.*transformers 4\./i, "transformers-4.45"],
  // Its adapters' product is not made whole from March 2025 on.
  [/^unsloth\W{0,3}(2025\.([3-9]|1[0-2])\b|20(2[6-9]|[3-9]\d)\b)/i, "unsloth"],
  // Without a version: as it was when its tables of longest contexts were published, at the end of 2024.
  [/^unsloth/i, "unsloth-2024"],
  [/^axolotl/i, "axolotl"],
  [/^llama-?factory/i, "llama-factory"],
  // PEFT over a model of transformers 4.50 and later, which nothing but a loop of one's own is named to run.
  [/^(?!.*trainer)(?=.*\bpeft\b).*\btransformers\W{0,3}v?(4\.[5-9][\dx]|[5-9]\b)/i, "plain"],
  // Published before version 5, without a version: Liger's example and QLoRA's first table before 4.46, what names flash-attention 2 after it.
  [/^transformers \+ peft \+ flash-attention 2/i, "transformers-4.46"],
  [/^transformers \+ peft|^liger-kernel example/i, "transformers-4.45"],
  [/trainer/i, "transformers"],
  // A library's model in a loop of one's own, or a model of one's own.
  [/^transformers \d/i, "plain"],
  [/^torch \d/i, "plain-torch"],
];

/** The stack whose values a run had, but for what its row says of them. */
export const runStack = (
  run: Pick<MeasuredRun, "framework" | "notes" | "method" | "compile" | "chunked_or_fused_ce" | "precision">,
): StackId | NotMapped => {
  if (MASTERS_OF_BF16.test(run.precision)) return "deepspeed";
  const config = /framework_config=[\w-]+/.exec(run.notes ?? "")?.[0] ?? "";
  const words = `${run.framework}; ${config}; loss=${run.chunked_or_fused_ce}; method=${run.method}; compile=${run.compile}`;
  const found = STACKS.find(([pattern]) => pattern.test(words));
  return found === undefined ? { why: `no stack is known for ${JSON.stringify(run.framework)}` } : found[1];
};
