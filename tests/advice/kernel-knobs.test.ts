import { expect, test } from "vitest";
import { allKnobs } from "#advice/knobs/all-knobs.ts";
import type { Knob } from "#advice/knobs/knob.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { modelRow } from "#scenario/choices/chosen-model.ts";

const SUBJECTS = ["reentrance", "kernels", "loraKernels"];

const knobs = (patch: Partial<Choices>): readonly Knob[] =>
  allKnobs({ ...DEFAULT_CHOICES, ...patch }, FULL_CATALOG).filter(({ subject }) => SUBJECTS.includes(subject));

const model = (id: string): Choices["model"] => ({ kind: "catalog", id });
const { architecture } = modelRow("llama-2-7b", FULL_CATALOG);
const ofQwen1: Choices["model"] = { kind: "architecture", architecture: { ...architecture, model_type: "qwen" } };

test.each<readonly [string, Partial<Choices>, Readonly<Record<string, Partial<Choices>>>]>([
  ["Transformers", {}, { reentrant: { reentrant: true }, liger: { liger: true } }],
  ["Transformers that was told", { reentrant: true, liger: true }, { "reentrant-off": { reentrant: null } }],
  ["Axolotl", { stack: "axolotl" }, { "reentrant-off": { reentrant: false }, liger: { liger: true } }],
  [
    "Axolotl without fused kernels",
    { stack: "axolotl", lorakernels: false, liger: true },
    { "reentrant-off": { reentrant: false }, lorakernels: { lorakernels: null } },
  ],
  [
    "Axolotl with DoRA",
    { stack: "axolotl", dora: true },
    { "reentrant-off": { reentrant: false }, liger: { liger: true } },
  ],
  ["Axolotl with full fine-tuning", { stack: "axolotl", method: "full", liger: true, ckpt: false }, {}],
  ["LLaMA-Factory under FSDP 2, which has none", { stack: "llama-factory", gpus: 2 }, { liger: { liger: true } }],
  ["layers that are checkpointed by operation", { selective: "op", liger: true }, {}],
  ["no checkpoints", { ckpt: false }, { liger: { liger: true } }],
  ["a model without kernels of Liger’s", { model: model("pythia-1b"), ckpt: false }, {}],
  ["a model that calls its checkpoints itself", { model: ofQwen1 }, {}],
  ["a card without Triton", { gpu: { kind: "catalog", id: "apple-m3-max-64gb" }, ckpt: false }, {}],
  ["Unsloth, whose kernels are its own", { stack: "unsloth" }, {}],
])("of %s, what may be changed of kernels and of how checkpoints run", (_, patch, patches) =>
  expect(Object.fromEntries(knobs(patch).map((knob) => [knob.id, knob.patch]))).toEqual(patches),
);

test("they are called what they are", () =>
  expect(
    [...knobs({}), ...knobs({ stack: "axolotl", lorakernels: false })].map(({ title, phrase }) => [title, phrase]),
  ).toEqual([
    ["Reentrant checkpoints", "make checkpoints reentrant"],
    ["Liger’s kernels", "use Liger’s kernels"],
    ["Checkpoints that are not reentrant", "make checkpoints not reentrant"],
    ["Liger’s kernels", "use Liger’s kernels"],
    ["Fused LoRA kernels", "use fused LoRA kernels"],
  ]));
