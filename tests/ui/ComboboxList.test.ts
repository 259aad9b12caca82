import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { highlight } from "#ui/ComboboxList.tsx";

const hits = (label: string, query: string): readonly string[] =>
  highlight(label, query)
    .filter(({ hit }) => hit)
    .map(({ text }) => text);

describe("the matched words of a label", () => {
  it("are found in any order and any case", () => expect(hits("Llama 3.1 8B", "8b LLAMA")).toEqual(["Llama", "8B"]));

  it("are none for an empty query", () => expect(hits("Llama 3.1 8B", "  ")).toEqual([]));

  it("prefer the longer of two words that start alike", () => expect(hits("RTX 4090", "4 4090")).toEqual(["4090"]));

  it("take signs of a pattern literally", () => expect(hits("Phi-4 (mini)", "(mini) .")).toEqual(["(mini)"]));

  it("never change the label", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (label, query) => {
        expect(
          highlight(label, query)
            .map(({ text }) => text)
            .join(""),
        ).toBe(label);
      }),
    );
  });
});
