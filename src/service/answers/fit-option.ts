import type { InverseId } from "#advice/inverse-id.ts";
import type { OfferKind } from "#advice/offers.ts";
import type { PriceId } from "#advice/prices.ts";
import type { ConfigLines } from "#interop/config-lines/lines-between.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** One setting of an option, or several that go together. */
export type OptionChange = Readonly<{
  /** What is turned: what can be kept as it is. */
  subject: string;
  /** "Fused loss", "Batch 4 to 2". */
  title: string;
  fields: readonly (keyof Choices)[];
  /** What else changes with it, in words; absent where the fields say all. */
  detail?: string | undefined;
  /** null: it costs nothing but the room. */
  price: PriceId | null;
  /** What it saves after those before it, on each card; negative where it takes more. */
  savedBytes: number;
}>;

/** Changes, and what the method in focus comes to with all of them. */
export type Way = Readonly<{
  changes: readonly OptionChange[];
  patch: Partial<Choices>;
  /** With the method in focus alone. */
  answer: Answer;
  /** The changes as libraries' files have them, the chosen library's first. */
  lines: readonly ConfigLines[];
}>;

/** What can be chosen. */
export type FitOption = Way &
  Readonly<{
    id: OfferKind | InverseId;
    /** Why it cannot be chosen, in a few words; null where it can be. */
    whyNot: string | null;
    /** A number beside a change that costs nothing and leaves it more room, "a fused loss", as far as it goes then; null where none does. */
    both: (Way & Readonly<{ beside: string }>) | null;
  }>;

/** What somebody can do who is over the card, or has room on it. */
export type FitOptions = Readonly<{
  does: "make it fit" | "use the room";
  now: Answer;
  /** From left to right. */
  options: readonly FitOption[];
}>;
