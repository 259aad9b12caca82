import { expect, test } from "vitest";
import { CUDA } from "#calc/base/machine.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Division } from "#calc/model/scenario.ts";
import { divisionHooks } from "#calc/parallel/division-hooks.ts";
import { tapeOptionsOf } from "#calc/step/step-options.ts";
import { backward } from "#calc/tape/backward.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { sumTo } from "#calc/tape/ops/reductions.ts";
import { bind } from "#calc/tape/scope.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { emptyTape, given, madeFromNow } from "../on-paper.ts";
import { scenario } from "../scenario.ts";
import { WORKINGS } from "../workings.ts";

/** Looks up ids in a table of that name which one of two ranks has half of; null where the table is not divided. */
const lookedUp = (name: string, architecture: Architecture, pp_size = 1) => {
  const division: Division = { tp_size: 2, sequence_parallel: false, cp_size: 1, pp_size };
  const rank = ENGINE.scenarioOfRank(scenario({ architecture, gpus: 2 * pp_size, division }));
  const { loaded, lookUp } = divisionHooks(WORKINGS, tapeOptionsOf(WORKINGS, rank, CUDA), division);
  const tape = emptyTape();
  const table = given(tape, shapeOf(architecture.vocab_size / 2, architecture.hidden_size), { name });
  loaded(table);
  return lookUp?.(table, given(tape, shapeOf("b", "s"), { dtype: "int64", trained: false })) ?? null;
};

const TIED = { ...LLAMA_2_7B, tie_word_embeddings: true };
const EMBEDDINGS = "embed_tokens.weight";

/** @see torch/distributed/tensor/_ops/_embedding_ops.py: `embedding_dense_backward` makes a table of all words on every rank */
test.each([
  ["all words", LLAMA_2_7B, 1, 32_000],
  ["all words, and the copy of its own that is added to the head's", TIED, 1, 48_000],
  ["all words alone in a pipeline, none of whose stages has a head beside embeddings", TIED, 2, 32_000],
] as const)("The gradient of half of the embeddings is a table of %s", (...[, architecture, stages, rows]) => {
  const states = lookedUp(EMBEDDINGS, architecture, stages);
  if (states === null) throw new Error("ranks divide the embeddings");
  const made = madeFromNow(states.tape);
  backward(bind(sumTo(states, shapeOf(1))));
  expect(made().filter((each) => each.startsWith(`${rows}×`))).toEqual([`${rows}×4096 bf16`]);
});

test("A table that ranks do not divide is looked up as without them", () => {
  expect(lookedUp("embed_positions.weight", LLAMA_2_7B)).toBeNull();
});
