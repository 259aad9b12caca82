/** What a scenario can ask for by name that an engine was not made with, or that does not go with the rest. */
export type RefusalCode =
  | "unknown-model"
  | "unknown-modelling"
  | "unknown-optimizer"
  | "unknown-tuner"
  | "unsuited-tuner"
  | "unknown-objective"
  | "unknown-strategy"
  | "unknown-activations";

/** Why an engine gives no estimate: what the scenario names it does not know, or nobody can run, and another number would be wrong. */
export type Refusal = Readonly<{
  refused: true;
  code: RefusalCode;
  /** The name: `muon`. */
  subject: string;
  /** The same in a sentence, for a reader. */
  sentence: string;
}>;
