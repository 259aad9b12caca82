import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import type { Architecture } from "#calc/model/architecture.ts";
import { FAKE_TENSORS } from "#calc/base/machine.ts";
import type { Moment } from "#calc/model/memory-estimate.ts";
import type { Method, Scenario } from "#calc/model/scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { readRows } from "../../golden/read-rows.ts";
import { scenario } from "../scenario.ts";

type ReferenceMoment = Readonly<{ moment: string; live_bytes: number; peak_bytes: number }>;
type Row = Readonly<{
  id: string;
  model: string;
  method: "full" | "lora" | "qlora";
  r: number;
  dropout: number;
  targets: readonly string[];
  double_quant: boolean;
  autocast: boolean;
  micro_batch_size: number;
  sequence_length: number;
  num_hidden_layers: number;
  expected: Readonly<{ load: ReferenceMoment; step: readonly ReferenceMoment[] }>;
}>;
const ROWS = readRows<Row>("litgpt-reference.jsonl");

/** What LitGPT calls parts of a layer, in the names that they have here. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  query: ["q_proj"],
  key: ["k_proj"],
  value: ["v_proj"],
  projection: ["o_proj"],
  mlp: ["gate_proj", "up_proj", "down_proj"],
  head: ["lm_head"],
};

const methodOf = ({ method, r, dropout, targets, double_quant, autocast }: Row): Method => {
  if (method === "full") return { kind: "full" };
  const lora = {
    r,
    lora_alpha: 16,
    lora_dropout: dropout,
    target_modules: targets.flatMap((name) => NAMES[name] ?? []),
    use_dora: false,
    modules_to_save: [],
    adapters: autocast ? "fp32" : "bf16",
  } as const;
  if (method === "lora") return { kind: "lora", lora };
  const quantization = {
    kind: "bnb-4bit",
    bnb_4bit_quant_type: "nf4",
    bnb_4bit_use_double_quant: double_quant,
  } as const;
  return { kind: "qlora", lora, quantization, kbitPreparation: "none" };
};

const architectureOf = (model: string): Architecture => {
  const row = FULL_CATALOG.models[model];
  if (row === undefined) throw new Error(`the catalog has no ${model}`);
  return row.architecture;
};

const scenarioOf = (row: Row): Scenario =>
  scenario({
    architecture: ENGINE.modelled(
      { ...architectureOf(row.model), num_hidden_layers: row.num_hidden_layers },
      "litgpt-0.4",
    ),
    modelling: "litgpt-0.4",
    method: methodOf(row),
    weights: row.autocast ? "fp32" : "bf16",
    autocast: row.autocast,
    micro_batch_size: row.micro_batch_size,
    sequence_length: row.sequence_length,
    gradient_accumulation_steps: 1,
    gradient_checkpointing: false,
    attn_implementation: "sdpa",
    loss: { kind: "litgpt", longestFirst: false },
    optim: "sgd",
  });

const MOMENTS = new Map(ROWS.map((row) => [row.id, ENGINE.simulate(scenarioOf(row), FAKE_TENSORS)]));
const momentOf = ({ id }: Row, name: string): Moment => {
  const found = MOMENTS.get(id)?.find((moment) => moment.id === name);
  if (found === undefined) throw new Error(`${id} has no ${name}`);
  return found;
};
const apart = (ours: number, theirs: number): number => Math.abs(ours / theirs - 1);

/** The head's chunks are one of 128 positions where they differ, and what is made one after the other counts as one tensor. */
const CHUNKS = 0.025;

describe("LitGPT on paper is what its own code holds", () => {
  test.each(ROWS)("$id: $model $method once loaded, tables apart", (row) => {
    expect(apart(momentOf(row, "load").liveBytes, row.expected.load.live_bytes)).toBeLessThan(0.002);
  });

  test.each(ROWS)("$id: $model $method at the end of forward", (row) => {
    const [forward] = row.expected.step;
    expect(apart(momentOf(row, "forward").liveBytes, forward?.live_bytes ?? 0)).toBeLessThan(0.005);
  });

  test.each(ROWS)("$id: $model $method at its highest", (row) => {
    const peak = Math.max(...row.expected.step.map(({ peak_bytes }) => peak_bytes));
    const ours = Math.max(momentOf(row, "forward").peakBytes, momentOf(row, "backward").peakBytes);
    expect(apart(ours, peak)).toBeLessThan(CHUNKS);
  });
});
