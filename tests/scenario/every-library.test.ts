import { expect, test } from "vitest";
import { evaluateTrial } from "#advice/trial.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { StackRow } from "#catalog/stack-row.ts";
import { STACKS } from "#catalog/stacks.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { drawnOf, SWEEP } from "../swept.ts";

const modellingOf = ({ modelling = "transformers" }: StackRow): string => modelling;

/** One stack for each library with model code of its own. */
const LIBRARIES = Object.entries(STACKS).filter(
  ([, row], index, all) => all.findIndex(([, other]) => modellingOf(other) === modellingOf(row)) === index,
);

test.each(LIBRARIES)("every model of the catalog can be run with the model code of %s", SWEEP, (stack) => {
  const failed = drawnOf(Object.keys(FULL_CATALOG.models), stack).flatMap((id) => {
    try {
      const { peakBytes } = evaluateTrial(
        { ...DEFAULT_CHOICES, model: { kind: "catalog", id }, stack, method: "lora" },
        FULL_CATALOG,
      );
      return peakBytes > 0 ? [] : [`${id}: nothing`];
    } catch (error) {
      return [`${id}: ${String(error)}`];
    }
  });
  expect(failed).toEqual([]);
});
