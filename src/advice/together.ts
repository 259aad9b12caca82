import { capitalised } from "#format/capitalised.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { type Knob, patchOf } from "./knob.ts";
import { behindOrder, changedUpdate } from "./update-words.ts";

/**
 * Several knobs as they are said of together. A smaller micro batch and more cards each say what becomes of accumulation on their own; together it is said
 * once, as it is with both.
 */
export const together = (choices: Choices, knobs: readonly Knob[]): readonly Knob[] => {
  if (knobs.filter(({ bare }) => bare !== undefined).length < 2) return knobs;
  const after = { ...choices, ...patchOf(choices, knobs) };
  const changed = changedUpdate(choices, after);
  return knobs.map((knob) => {
    if (knob.bare === undefined || (knob.subject === "batch" && changed !== null)) return knob;
    const { bare, detail: _ofItsOwn, ...rest } = knob;
    if (knob.subject === "batch") return { ...rest, phrase: bare };
    const phrase = `${bare}${behindOrder(choices, after)}`;
    return changed === null ? { ...rest, phrase } : { ...rest, phrase, detail: `${capitalised(changed)}.` };
  });
};
