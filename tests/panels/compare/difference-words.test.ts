import { describe, expect, it } from "vitest";
import { differenceWords } from "#panels/compare/CompareColumns.tsx";
import type { Choices } from "#scenario/keys/choices.ts";
import { answerOf } from "../../answered.ts";

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
