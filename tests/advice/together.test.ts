import { describe, expect, test } from "vitest";
import { allKnobs, allScales } from "#advice/knobs/all-knobs.ts";
import type { Knob } from "#advice/knobs/knob.ts";
import { moreCards } from "#advice/knobs/gpus.ts";
import { phrasedTogether } from "#advice/top-change.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";

describe("a smaller micro batch on more cards is said of once", () => {
  const knobOf = (choices: Choices, id: string): Knob => {
    const cards = moreCards(choices, FULL_CATALOG).map(({ knob }) => knob);
    const scales = allScales(choices, FULL_CATALOG).map(({ at }) => at(1));
    const found = [...scales, ...cards].find((knob) => knob.id === id);
    if (found === undefined) throw new Error(`no ${id}`);
    return found;
  };
  const said = (patch: Partial<Choices>, cards: string): readonly (readonly [string, string | undefined])[] => {
    const choices = { ...DEFAULT_CHOICES, ...patch };
    const both = [knobOf(choices, "batch"), knobOf(choices, cards)];
    return phrasedTogether(choices, both).map(({ phrase, detail }) => [phrase.replaceAll("\u00a0", " "), detail]);
  };

  test("with the accumulation that both of them leave", () => {
    expect(said({ batch: 8 }, "gpus-4")).toEqual([
      ["cut the micro batch to 1", undefined],
      ["use 4 × RTX 4090 with FSDP 2 and accumulation 2", undefined],
    ]);
    expect(said({ batch: 4 }, "gpus-4")).toEqual([
      ["cut the micro batch to 1", undefined],
      ["use 4 × RTX 4090 with FSDP 2", undefined],
    ]);
  });

  test("with the rows that an update takes where they cannot be kept", () => {
    expect(said({ batch: 2 }, "gpus-4")).toEqual([
      ["cut the micro batch to 1 with accumulation 2", "Accumulation 1 to 2."],
      ["use 4 × RTX 4090 with FSDP 2 (an update takes 8 rows then)", "An update takes 8 rows then."],
    ]);
  });

  test("and one of them alone as it is", () => {
    const choices = { ...DEFAULT_CHOICES, batch: 8 };
    const knob = knobOf(choices, "gpus-4");
    const others = allKnobs(choices, FULL_CATALOG).slice(0, 1);
    expect(phrasedTogether(choices, [...others, knob])).toEqual([...others, knob]);
  });
});
