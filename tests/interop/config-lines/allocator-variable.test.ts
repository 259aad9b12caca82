import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { STACKS } from "#catalog/stacks.ts";
import { configLines, linesInOtherLibraries } from "#interop/config-lines/config-lines.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { choicesOf } from "../../answered.ts";

const EXPANDABLE = "export PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True";
const SPLIT = "export PYTORCH_CUDA_ALLOC_CONF=max_split_size_mb:512";

describe("what is set of the allocator", () => {
  test.each(Object.keys(STACKS))("is a line for the shell, whatever the library: %s", (stack) => {
    const lines = (before: Partial<Choices>, after: Partial<Choices>) => {
      const { removed, added, versions, missing } = configLines(
        choicesOf({ stack, ...before }),
        choicesOf({ stack, ...after }),
        FULL_CATALOG,
      );
      return [removed, added, versions, missing];
    };
    expect(lines({}, { alloc: "expandable" })).toEqual([[], [EXPANDABLE], ["From PyTorch 2.1, on Linux."], []]);
    expect(lines({ alloc: "expandable" }, { alloc: 512 })).toEqual([[EXPANDABLE], [SPLIT], [], []]);
    expect(lines({ alloc: 512 }, {})).toEqual([[SPLIT], [], [], []]);
    expect(lines({ alloc: 512 }, { alloc: 512 })).toEqual([[], [], [], []]);
  });

  test("is the same line with every other library", () => {
    const elsewhere = linesInOtherLibraries(choicesOf({}), choicesOf({ alloc: "expandable" }), FULL_CATALOG);
    expect(elsewhere.length).toBeGreaterThan(5);
    for (const { removed, added } of elsewhere) expect([removed, added]).toEqual([[], [EXPANDABLE]]);
  });

  test("says nothing of how long rows are: that is the data", () => {
    const { removed, added, missing } = configLines(choicesOf({}), choicesOf({ lengths: "uniform" }), FULL_CATALOG);
    expect([removed, added, missing]).toEqual([[], [], []]);
  });
});
