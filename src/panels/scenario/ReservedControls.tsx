// Controls that change only reserved memory: row lengths and PyTorch's allocator settings.

import type { ReactElement } from "react";
import { formatCount } from "#format/numbers.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { useChoices } from "#scenario/page/store.ts";
import type { AllocChoice, LengthsChoice } from "#scenario/keys/values.ts";
import { RANGES } from "#scenario/keys/choices.ts";
import { TRAINING_WORDS } from "#scenario/words/key-words.ts";
import { NumberField } from "#ui/NumberField.tsx";
import { Segmented } from "#ui/RadioRow.tsx";
import { useWhyNot, useLocked } from "./control-state.ts";
import { optionsOf } from "./library-override.ts";
import { parseTokens } from "./scales.ts";

const LENGTHS_OPTIONS = optionsOf(TRAINING_WORDS.lengths.values);
const ALLOC_OPTIONS = optionsOf(TRAINING_WORDS.alloc.values);

const lengthsOf = (choice: LengthsChoice): keyof typeof TRAINING_WORDS.lengths.values =>
  typeof choice === "number" ? "lognormal" : choice;
const allocOf = (choice: AllocChoice): keyof typeof TRAINING_WORDS.alloc.values =>
  typeof choice === "number" ? "split" : choice;

const LENGTHS_HINTS: Readonly<Record<keyof typeof TRAINING_WORDS.lengths.values, string | null>> = {
  fixed: null,
  uniform: "From 1 token to the sequence length. The peak stays; what is needed and seen grows.",
  lognormal: "Cut at the sequence length, with a deviation of 0.8 of the logarithm: an assumption.",
};
const ALLOC_HINTS: Readonly<Record<keyof typeof TRAINING_WORDS.alloc.values, string | null>> = {
  default: null,
  expandable: "expandable_segments:True. The peak stays; what is needed and seen falls.",
  split: "max_split_size_mb: larger blocks stay whole.",
};

/** Of the longest row: where the mean begins. */
const USUAL_SHARE = 1 / 4;
/** Where the limit begins. */
const USUAL_MIB = 512;

/** What only what is reserved follows from: how long rows are, and what is set of the allocator. */
export const ReservedControls = (): ReactElement => {
  const { lengths, seq, alloc } = useChoices("lengths", "seq", "alloc");
  const locked = { lengths: useLocked("lengths"), alloc: useLocked("alloc") };
  const whyNot = useWhyNot();
  const usualMean = Math.ceil(seq * USUAL_SHARE);
  return (
    <>
      <Segmented
        label="Row lengths"
        locked={locked.lengths}
        options={LENGTHS_OPTIONS}
        value={lengthsOf(lengths)}
        hint={whyNot("lengths") ?? LENGTHS_HINTS[lengthsOf(lengths)]}
        onChange={(next) => changeChoices({ lengths: next === "lognormal" ? usualMean : next })}
      />
      {typeof lengths === "number" && (
        <NumberField
          label="Mean length"
          unit="tokens"
          locked={locked.lengths}
          value={lengths}
          min={RANGES.seq.min}
          max={seq}
          format={formatCount}
          parse={parseTokens}
          onChange={(mean) => changeChoices({ lengths: mean })}
        />
      )}
      <Segmented
        label="Allocator"
        locked={locked.alloc}
        options={ALLOC_OPTIONS}
        value={allocOf(alloc)}
        hint={whyNot("alloc") ?? ALLOC_HINTS[allocOf(alloc)]}
        onChange={(next) => changeChoices({ alloc: next === "split" ? USUAL_MIB : next })}
      />
      {typeof alloc === "number" && (
        <NumberField
          label="Blocks split below"
          unit="MiB"
          locked={locked.alloc}
          value={alloc}
          {...RANGES.alloc}
          format={formatCount}
          onChange={(limit) => changeChoices({ alloc: limit })}
        />
      )}
    </>
  );
};
