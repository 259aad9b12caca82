import type { MeasuredRun } from "./measured-run.ts";

const LIT_GPT_BATCH = 128;
const LITGPT_BATCH = 16;

/**
 * Micro batches before a step, where the row does not say. Lit-GPT's script counts the batch of one GPU, LitGPT's that of all. Others: one.
 *
 * @see Lightning-AI/litgpt@0cc02afa:finetune/lora.py (batch_size // micro_batch_size); tutorials/resource-tables.md ("a minibatch size of 128")
 * @see Lightning-AI/litgpt@26857050:litgpt/finetune/lora.py (global_batch_size=16), args.py, `gradient_accumulation_iters`
 */
const scriptsOwn = ({ framework, micro_batch_size, num_gpus }: MeasuredRun): number => {
  if (/^lit-gpt/i.test(framework)) return Math.floor(LIT_GPT_BATCH / micro_batch_size);
  if (/^litgpt/i.test(framework)) return Math.floor(LITGPT_BATCH / num_gpus / micro_batch_size);
  return 1;
};

/** Micro batches before a step: as the row says, else as the library's script has it. Layers on several GPUs, as stages of a pipeline, take one each at least. */
export const runAccumulation = (run: MeasuredRun, stages: number): number =>
  Math.max(run.grad_accum ?? scriptsOwn(run), stages);
