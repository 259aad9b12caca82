import { expect, test } from "vitest";
import { CUDA } from "#calc/base/machine.ts";
import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import { type Division, type Scenario, SHARDINGS } from "#calc/model/scenario.ts";
import { tapeOptionsOf } from "#calc/step/step-options.ts";
import { trace } from "#calc/step/trace.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { runOf } from "../run-of.ts";
import { loraMethod, scenario } from "../scenario.ts";
import { WORKINGS } from "../workings.ts";

const architecture = { ...LLAMA_2_7B, num_hidden_layers: 2, tie_word_embeddings: true };
const ALONE: Division = { tp_size: 1, sequence_parallel: false, cp_size: 1, pp_size: 1 };

const divided = (patch: Partial<Division>): Partial<Scenario> => ({ gpus: 2, division: { ...ALONE, ...patch } });

const ROWS: readonly (readonly [name: string, patch: Partial<Scenario>])[] = [
  ...SHARDINGS.map((sharding) => [sharding, { gpus: 2, sharding }] as const),
  ["matrices divided", divided({ tp_size: 2 })],
  ["matrices and hidden states divided", divided({ tp_size: 2, sequence_parallel: true })],
  ["matrices and the loss divided", divided({ tp_size: 2, loss_parallel: true })],
  ["sequences divided around a ring", divided({ cp_size: 2 })],
  ["sequences divided by heads", divided({ ulysses_size: 2 })],
  ["the last stage of a pipeline", divided({ pp_size: 2, stage: 1, state: "filled" })],
];

test.each(
  ROWS.flatMap(([name, patch]) => [{ kind: "full" } as const, loraMethod()].map((method) => ({ name, method, patch }))),
)("$name, $method.kind: what a rank makes is made by operations that have names, in a type", ({ method, patch }) => {
  const rank = ENGINE.scenarioOfRank(scenario({ architecture, method, gradient_accumulation_steps: 2, ...patch }));
  const options = tapeOptionsOf(WORKINGS, rank, CUDA);
  const { log } = trace(WORKINGS, options, runOf(options)).card;
  expect(log.filter(({ op, dtype }) => op === "" || !(dtype in ELEMENT_BYTES))).toEqual([]);
});
