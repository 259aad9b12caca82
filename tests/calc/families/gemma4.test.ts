import { expect, test } from "vitest";
import type { Shared } from "#calc/modules/loaded-modules.ts";
import { shareKeysAndValues } from "#calc/families/gemma4.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import { fresh } from "#calc/tape/tensor.ts";
import { emptyTape, leftFromNow } from "../on-paper.ts";

test("Keys and values that a layer shares outlive it, until a recomputation shares its own", () => {
  const tape = emptyTape();
  const shared: Shared = { states: new Map(), holder: [], routerLogits: null };
  const left = leftFromNow(tape);
  const shareNew = (heads: number): null => {
    const make = () => bind(fresh(tape, shapeOf("b", heads, "s", 64), "bf16"));
    return scoped(tape, () => {
      shareKeysAndValues(shared, "full_attention", [make(), make()]);
      return null;
    });
  };
  shareNew(2);
  expect(left()).toEqual(["b×2×s×64 bf16", "b×2×s×64 bf16"]);
  shareNew(4);
  expect(left()).toEqual(["b×4×s×64 bf16", "b×4×s×64 bf16"]);
  expect(shared.holder).toEqual(shared.states.get("full_attention"));
});
