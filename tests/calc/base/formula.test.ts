import { describe, expect, test } from "vitest";
import { type Amount, NOTHING, plus, product, share, times, config, constant, setting } from "#calc/base/formula.ts";
import { evaluateFormula } from "../evaluate-formula.ts";

const amount = (value: number): Amount => ({ bytes: value, formula: product(constant("bytes", value)) });
const inWords = ({ formula }: Amount): string =>
  formula.map((token) => (typeof token === "string" ? token : token.name)).join("");

describe("Amounts", () => {
  test("a sum inside a product gets brackets, a product does not", () => {
    const perToken = plus(times(config("hidden_size", 8), amount(2)), amount(3));
    const all = times(setting("micro_batch_size", 4), times(setting("sequence_length", 5), perToken));
    expect(inWords(all)).toBe("micro_batch_size × sequence_length × (hidden_size × bytes + bytes)");
    expect(all.bytes).toBe(4 * 5 * (8 * 2 + 3));
    expect(evaluateFormula(all.formula)).toBe(all.bytes);
  });

  test("nothing leaves no trace in a formula", () => {
    expect(inWords(plus(NOTHING, amount(3), times(constant("layers", 0), amount(9))))).toBe("bytes");
  });

  test("a share is rounded up to whole bytes", () => {
    expect(share(amount(10), setting("gpus", 4)).bytes).toBe(3);
    expect(inWords(share(plus(amount(10), amount(6)), setting("gpus", 4)))).toBe("(bytes + bytes) / gpus");
  });
});
