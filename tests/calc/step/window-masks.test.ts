import { describe, expect, test } from "vitest";
import { FAKE_TENSORS } from "#calc/base/machine.ts";
import { estimated } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { scenario } from "../scenario.ts";

const WINDOW = 64;
const MISTRAL = { ...LLAMA_2_7B, model_type: "mistral", num_hidden_layers: 2 };

const asked = (patch: Partial<Scenario>): Scenario =>
  scenario({ micro_batch_size: 2, attn_implementation: "sdpa", ...patch });

/** What a window of all layers adds to the bytes that forward ends with, where nothing is computed anew. */
const added = (patch: Partial<Scenario>, machine?: typeof FAKE_TENSORS): number => {
  const [without, within] = [MISTRAL, { ...MISTRAL, sliding_window: WINDOW }].map((architecture) => {
    const { moments } = estimated(
      ENGINE.estimate(asked({ gradient_checkpointing: false, ...patch, architecture }), machine),
    );
    return moments.find(({ id }) => id === "forward")?.liveBytes ?? 0;
  });
  return (within ?? 0) - (without ?? 0);
};

describe("the mask of layers with a window", () => {
  test("is there from rows on that are as long as the window, with its bias in each layer", () => {
    const bias = 2 * WINDOW * WINDOW * 2;
    expect(added({ sequence_length: WINDOW - 1 })).toBe(0);
    expect(added({ sequence_length: WINDOW })).toBe(2 * bias);
  });

  test("is copied to whole eights", () => {
    const [odd, even] = [WINDOW + 1, WINDOW + 8].map((sequence_length) => added({ sequence_length }));
    expect(odd).toBeGreaterThan(2 * 2 * 2 * (WINDOW + 1) ** 2);
    expect(odd).toBeLessThan(even ?? 0);
  });

  test.each<Partial<Scenario>>([
    { attn_implementation: "flash" },
    { attn_implementation: "eager" },
    { packing: false },
    { modelling: "unsloth" },
  ])("adds nothing with %j", (patch) => {
    expect(added({ sequence_length: 2 * WINDOW, ...patch })).toBe(0);
  });

  test("adds nothing on fake tensors, whose stand-in for the mask leaves it out", () => {
    expect(added({ sequence_length: 2 * WINDOW }, FAKE_TENSORS)).toBe(0);
  });
});

describe("what is said of it", () => {
  const said = (patch: Partial<Scenario>): string =>
    ENGINE.approximations(
      asked({
        architecture: { ...MISTRAL, sliding_window: WINDOW },
        sequence_length: 2 * WINDOW,
        gpus: 2,
        ...patch,
      }),
    ).join(" ");
  const STAGES = { tp_size: 1, sequence_parallel: false, cp_size: 1, pp_size: 2 };

  test("is that it is left out, where ranks divide layers and rows reach it", () => {
    const LEFT_OUT = "Rows as long as the window of some layers: the mask of these";
    expect(said({ division: STAGES })).toContain(LEFT_OUT);
    expect(said({})).not.toContain(LEFT_OUT);
    expect(said({ division: STAGES, sequence_length: WINDOW - 1 })).not.toContain(LEFT_OUT);
    expect(said({ division: STAGES, attn_implementation: "flash" })).not.toContain(LEFT_OUT);
    expect(said({ division: STAGES, attn_implementation: "eager" })).not.toContain(LEFT_OUT);
  });
});
