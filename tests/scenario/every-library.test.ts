import { expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { StackRow } from "#catalog/stack-row.ts";
import { STACKS } from "#catalog/stacks.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

const modellingOf = ({ modelling = "transformers" }: StackRow): string => modelling;

/** One stack for each library with model code of its own. */
const LIBRARIES = Object.entries(STACKS).filter(
  ([, row], index, all) => all.findIndex(([, other]) => modellingOf(other) === modellingOf(row)) === index,
);

test.each(LIBRARIES)("every model of the catalog can be run with the model code of %s", (stack) => {
  const failed = Object.keys(FULL_CATALOG.models).flatMap((id) => {
    try {
      const { methods } = toAnswer(
        { ...DEFAULT_CHOICES, model: { kind: "catalog", id }, stack, show: ["lora"] },
        FULL_CATALOG,
      );
      return (methods[0]?.estimate.peakBytes ?? 0) > 0 ? [] : [`${id}: nothing`];
    } catch (error) {
      return [`${id}: ${String(error)}`];
    }
  });
  expect(failed).toEqual([]);
});
