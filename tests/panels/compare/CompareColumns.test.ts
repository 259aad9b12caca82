import { describe, expect, test, it } from "vitest";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { barsTogether, differenceWords } from "#panels/compare/CompareColumns.tsx";
import type { Choices } from "#scenario/keys/choices.ts";
import { answerOf } from "../../answered.ts";

const { gpus } = POPULAR_CATALOG;
const named = (name: string, patch: Partial<Choices>) => ({
  name,
  answer: answerOf({ method: "qlora", show: ["qlora"], ...patch }),
});
const H100 = { kind: "catalog", id: "h100-sxm" } as const;

describe("bars of several scenarios on one axis", () => {
  test("on one card stand against its line, among the lines of the usual sizes", () => {
    const { data, spoken } = barsTogether([named("A", {}), named("B", { seq: 8192 })], gpus);
    expect(data.bars.map(({ name, capacityBytes }) => [name, capacityBytes])).toEqual([
      ["A", undefined],
      ["B", undefined],
    ]);
    expect(data.chosen.label).toBe("RTX 4090, 24\u00a0GB");
    expect(data.others.map(({ memoryGb }) => memoryGb)).toContain(80);
    expect(spoken).toMatch(
      /^A: \d+\.\d GiB on the card, \d+\.\d GiB free, PyTorch may take up to \d+\.\d GiB while there is room, against RTX 4090, 24\u00a0GB\. B: \d+\.\d GiB on the card, \d+\.\d GiB over, against RTX 4090, 24\u00a0GB\.$/,
    );
  });

  test("on another card, or on the same with less of it left, stand against that one's line, once for each", () => {
    const { data, spoken } = barsTogether(
      [named("A", {}), named("B", { gpu: H100 }), named("C", { gpu: H100, seq: 4096 }), named("D", { used: 2 })],
      gpus,
    );
    expect(data.others.map(({ label }) => label)).toEqual(["H100, 80\u00a0GB", "RTX 4090, 24\u00a0GB − 2.0 in use"]);
    const [a, b, c, d] = data.bars.map(({ capacityBytes }) => capacityBytes);
    expect([a, b, d]).toEqual([undefined, data.others[0]?.bytes, data.others[1]?.bytes]);
    expect(c).toBe(b);
    expect(spoken).toContain("C: ");
    expect(spoken.match(/against H100, 80\u00a0GB\./g)).toHaveLength(2);
  });
});

const words = (patch: Partial<Choices>, first: Partial<Choices> = {}) =>
  differenceWords(answerOf(patch), answerOf(first));

describe("the differences between two scenarios in words", () => {
  it("say what was chosen, what it does to which term, and whether it fits", () => {
    const [chosen, takes, fit] = words({ seq: 8192, method: "qlora" }, { method: "qlora" });
    expect(chosen).toBe("Sequence 8,192 instead of 2,048");
    expect(takes).toMatch(/^Takes \d+\.\d GiB more, most of it logits and loss \(\d+\.\d GiB more\)$/);
    expect(fit).toBe("This one does not fit, A does");
  });

  it("quote a value that has a comma of its own", () => {
    expect(words({ optim: "paged_adamw_8bit" })[0]).toBe("Optimizer “AdamW, 8-bit, paged” instead of “AdamW, fused”");
  });

  it("of a checkpointed run say less, and of the same choices the same", () => {
    expect(words({}, { ckpt: false })[0]).toBe("Gradient checkpointing on instead of off");
    expect(words({}, { ckpt: false })[1]).toMatch(/less, most of it activations/);
    expect(words({})).toEqual(["The same choices as A", "Takes the same", "Both fit"]);
    expect(words({ method: "full" }, { method: "full" }).at(-1)).toBe("Neither fits");
  });

  it("say of what may not fit that it may not, and never that it fits", () => {
    const tight = { used: 3.5 };
    expect(answerOf({ ...tight, method: "lora" }).methods.map(({ method, card }) => `${method} ${card.fit}`)).toContain(
      "lora tight",
    );
    expect(words(tight).at(-1)).toBe("This one may not fit, A fits");
    expect(words({}, tight).at(-1)).toBe("This one fits, A may not fit");
    expect(words(tight, tight).at(-1)).toBe("Both may not fit");
    expect(words({ method: "full" }, tight).at(-1)).toBe("This one does not fit, A may not fit");
  });

  it("name what the stack puts in, and leave out what comes to the same", () => {
    expect(words({ loss: "fused" })[0]).toBe("Loss fused instead of full");
    expect(words({ alpha: 32 })[0]).toBe("The same choices as A");
    expect(words({ theme: "dark", lock: ["r"] })[0]).toBe("The same choices as A");
    expect(words({ targets: ["q_proj", "v_proj"], save: ["lm_head"], dora: true }).slice(0, 3)).toEqual([
      "Targets “q_proj, v_proj” instead of all linear",
      "DoRA on instead of off",
      "Modules saved whole lm_head instead of none",
    ]);
  });
});
