/** What a scenario can ask for by name that an engine was not made with. */
export type RefusalCode =
  | "unknown-model"
  | "unknown-modelling"
  | "unknown-optimizer"
  | "unknown-tuner"
  | "unknown-strategy"
  | "unknown-activations";

/** Why an engine gives no estimate: it does not know what the scenario names, and another number would be wrong. */
export type Refusal = Readonly<{
  refused: true;
  code: RefusalCode;
  /** The name that nobody knows: `muon`. */
  subject: string;
  /** The same in a sentence, for a reader. */
  sentence: string;
}>;
