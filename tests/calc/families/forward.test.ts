import { CUDA } from "#calc/base/machine.ts";
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import { stepOptionsOf } from "#calc/step/step-options.ts";
import { trace } from "#calc/step/trace.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { errorsOf } from "../../../tools/terminal/reference-errors.ts";
import { readReferenceRows } from "../../../tools/terminal/reference-rows.ts";
import type { ReferenceRow } from "../../../tools/terminal/reference-row.ts";
import { runOf } from "../run-of.ts";
import { loraMethod, scenario } from "../scenario.ts";
import { scenarioOf } from "../step/reference-row.ts";
import { WORKINGS } from "../workings.ts";

const GOLDEN = "tests/golden";

const rowsIn = (file: string): readonly ReferenceRow[] => readReferenceRows(`${GOLDEN}/${file}`).memory;
const typeOf = (row: ReferenceRow): string => scenarioOf(row).architecture.model_type;

/** Types that have runs whose highest moment lies in a layer (`step/reference-in-layers.test.ts`). */
const IN_LAYERS = new Set(
  ["small-vocabulary", "chunked"].flatMap((name) => rowsIn(`${name}-reference.jsonl`)).map(typeOf),
);

/** The first row of every other type by each method. */
const ROWS = new Map<string, ReferenceRow>();
for (const file of readdirSync(GOLDEN).filter((name) => name.endsWith("reference-memory.jsonl")))
  for (const row of rowsIn(file)) {
    const kind = `${typeOf(row)} ${row.method}`;
    if (!IN_LAYERS.has(typeOf(row)) && !ROWS.has(kind)) ROWS.set(kind, row);
  }

describe("The first run of a type by each method, held against PyTorch on fake tensors", () => {
  test.each([...ROWS])("%s", (_, row) => expect(errorsOf(row, scenarioOf(row)).isExactThroughout).toBe(true));
});

/** A model of each type. */
const MODELS = new Map(
  Object.values(FULL_CATALOG.models).map(({ architecture }) => [architecture.model_type, architecture] as const),
);

test.each([...MODELS])(
  "What the code of %s makes has elements, and is made by operations and modules that have names",
  (_, architecture) => {
    const asked = scenario({
      architecture,
      attn_implementation: "eager",
      method: loraMethod(),
      weights: "fp32",
      micro_batch_size: 2,
    });
    const options = stepOptionsOf(WORKINGS, asked, CUDA);
    const { log } = trace(WORKINGS, options, runOf(options)).card;
    expect(log.filter(({ op, dtype }) => op === "" || !(dtype in ELEMENT_BYTES))).toEqual([]);
    expect(log.filter(({ shape }) => !(shape.factor > 0))).toEqual([]);
    expect(log.filter(({ module }) => module !== "" && module.split(".").includes(""))).toEqual([]);
  },
);
