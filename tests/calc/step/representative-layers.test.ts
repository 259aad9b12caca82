import { CUDA } from "#calc/base/machine.ts";
import { expect, test } from "vitest";
import type { ChainLayer } from "#calc/families/families.ts";
import { representativeLayersOf, type Ends } from "#calc/step/representative-layers.ts";
import { runChainOf } from "#calc/step/compile-step.ts";
import { stepOptionsOf } from "#calc/step/step-options.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { scenario } from "../scenario.ts";
import { FAMILIES, WORKINGS } from "../workings.ts";

/** A letter for each layer's kind; a capital one keeps all that it saves. */
const layersOf = (kinds: string): readonly ChainLayer[] =>
  Array.from(kinds, (letter) => {
    const kind = letter.toLowerCase();
    return { kind, modules: [], ...(kind !== letter && { keepsAll: true }) };
  });

const FIRST_OF_EACH: Ends = { bare: 0, leading: 1, trailing: 0 };

test.each<readonly [what: string, kinds: string, ends: Partial<Ends>, run: string, stands: readonly number[]]>([
  ["alike, is the first and one after it", "aaaaa", {}, "aa", [0, 1, 1, 1, 1]],
  ["in turn, has one of each kind after each kind", "ababab", {}, "abab", [0, 1, 2, 3, 2, 3]],
  ["with one other among them, has what follows it", "aaabaa", {}, "aaba", [0, 1, 1, 2, 3, 1]],
  ["has a layer more where the run has not ended with the kind before", "ababac", {}, "ababac", [0, 1, 2, 3, 2, 5]],
  ["has those apart that keep all they save", "aAaA", {}, "aAaA", [0, 1, 2, 3]],
  ["may begin with two that are like no others", "aaaaa", { leading: 2 }, "aaa", [0, 1, 2, 2, 2]],
  ["may end with one that is like no others", "aaaaa", { trailing: 1 }, "aaa", [0, 1, 1, 1, 2]],
  [
    "has the layer by itself in which a bucket is full, and those that fill it apart from those before",
    "aaaaaaaa",
    { full: 5 },
    "aaaa",
    [0, 1, 1, 1, 1, 2, 3, 3],
  ],
  ["has its bare layers apart, of which the first is run", "aaaaa", { bare: 2, leading: 1 }, "aaaa", [0, 1, 2, 3, 3]],
])("A chain of layers %s: %s", (...[, kinds, ends, run, stands]) => {
  const chain = representativeLayersOf(layersOf(kinds), { ...FIRST_OF_EACH, ...ends });
  expect(chain.run).toEqual(layersOf(run));
  expect(chain.stands).toEqual(stands);
});

test("Of forty layers alike, checkpointed on one GPU, two are run", () => {
  const options = stepOptionsOf(WORKINGS, scenario({ architecture: { ...LLAMA_2_7B, num_hidden_layers: 40 } }), CUDA);
  const { forward } = FAMILIES.modellingOf("llama");
  expect(runChainOf(WORKINGS, options, { forward }).run).toHaveLength(2);
  expect(runChainOf(WORKINGS, options, { forward, trailing: 1 }).run).toHaveLength(3);
});
