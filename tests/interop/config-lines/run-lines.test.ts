import { expect, test } from "vitest";
import type { Choices } from "#scenario/keys/choices.ts";
import { type Case, changed } from "./changed.ts";

const EVALUATING = { eval: 8, evalkeep: "logits", evalbatches: 4 } as const;

const keep = (stack: string, rest: Partial<Choices> = {}): Partial<Choices> => ({ ...EVALUATING, ...rest, stack });

const CASES: readonly Case[] = [
  ["a smaller batch", keep("transformers"), { eval: 2 }, ["+ per_device_eval_batch_size=2,"]],
  [
    "back to the usual batch, which is said again",
    keep("trl", { eval: 2 }),
    { eval: 8 },
    ["- per_device_eval_batch_size=2,", "+ per_device_eval_batch_size=8,"],
  ],
  ["a smaller batch in Axolotl", keep("axolotl", { batch: 8 }), { eval: 2 }, ["+ eval_batch_size: 2"]],
  ["a smaller batch in LLaMA-Factory", keep("llama-factory"), { eval: 2 }, ["+ per_device_eval_batch_size: 2"]],
  [
    "a smaller batch in torchtitan",
    keep("torchtitan", { method: "full" }),
    { eval: 2 },
    ["+ validation.local_batch_size = 2", "* From torchtitan 0.2."],
  ],
  [
    "a smaller batch in torchtune",
    keep("torchtune", { method: "full", gpus: 2 }),
    { eval: 2 },
    ["- batch_size_val=8", "+ batch_size_val=2", "* With dataset_val, which it validates on."],
  ],
  [
    "a smaller batch by hand",
    keep("plain"),
    { eval: 2 },
    ["- batch_size=8,  # DataLoader of the evaluation", "+ batch_size=2,  # DataLoader of the evaluation"],
  ],
  [
    "a smaller batch in LitGPT",
    keep("litgpt"),
    { eval: 2 },
    ["? LitGPT has no field for the batch of an evaluation: it is train.micro_batch_size."],
  ],
  [
    "the argmax of logits",
    keep("transformers"),
    { evalkeep: "argmax" },
    ["+ preprocess_logits_for_metrics=lambda logits, labels: logits.argmax(dim=-1),  # Trainer"],
  ],
  [
    "the argmax of logits in TRL",
    keep("trl"),
    { evalkeep: "argmax" },
    ["+ preprocess_logits_for_metrics=lambda logits, labels: logits.argmax(dim=-1),  # SFTTrainer"],
  ],
  [
    "the argmax of logits in LLaMA-Factory",
    keep("llama-factory"),
    { evalkeep: "argmax" },
    [
      "? LLaMA-Factory has no field for keeping the argmax of logits: it is preprocess_logits_for_metrics of the Trainer.",
    ],
  ],
  [
    "the loss alone",
    keep("transformers"),
    { evalkeep: "loss" },
    ["- prediction_loss_only=False,", "+ prediction_loss_only=True,"],
  ],
  ["copies to the host", keep("unsloth"), { evalmove: 2 }, ["+ eval_accumulation_steps=2,"]],
  [
    "a list",
    keep("transformers"),
    { evallist: true },
    ["+ eval_do_concat_batches=False,", "* From transformers 4.40."],
  ],
  [
    "shorter rows",
    keep("transformers"),
    { evalseq: 1024 },
    ["? Transformers has no field for the length of an evaluation’s rows: rows are cut where they become tokens."],
  ],
  [
    "a merge without a check",
    { stack: "transformers", merge: "safe" },
    { merge: "1" },
    ["- model = model.merge_and_unload(safe_merge=True)", "+ model = model.merge_and_unload()"],
  ],
  ["a merge later", { stack: "trl", merge: "1" }, { merge: "0" }, ["- model = model.merge_and_unload()"]],
  [
    "shards of a checkpoint",
    { stack: "transformers", gpus: 2, shard: "fsdp2", saving: "full", method: "full" },
    { saving: "sharded" },
    [
      "- accelerate launch --num_processes 2 --use_fsdp --fsdp_version 2 --fsdp_auto_wrap_policy TRANSFORMER_BASED_WRAP train.py",
      "+ accelerate launch --num_processes 2 --use_fsdp --fsdp_version 2 --fsdp_auto_wrap_policy TRANSFORMER_BASED_WRAP --fsdp_state_dict_type SHARDED_STATE_DICT train.py",
      "* From accelerate 1.6.",
    ],
  ],
  [
    "adapters alone",
    { stack: "transformers", saving: "full" },
    { saving: "adapter" },
    ["? Saving adapters alone is what Transformers does by itself: no field says so."],
  ],
  ["nothing of an evaluation that is not counted", { stack: "transformers" }, { evalmove: 2, evallist: true }, []],
];

test.each(CASES)("%s", (...[, before, patch, lines]) => expect(changed(before, patch)).toEqual(lines));
