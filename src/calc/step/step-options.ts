import type { ModelLayout } from "#calc/families/model-layout.ts";
import type { Scenario } from "#calc/scenario.ts";
import type { Element } from "#calc/tape/element.ts";

/** What the shape of a step depends on: everything but batch and length. Element types are what tensors really have. */
export type StepOptions = Readonly<{
  architecture: Scenario["architecture"];
  layout: ModelLayout;
  method: Scenario["method"];
  /** What base parameters are loaded as. */
  weights: Element;
  /** What adapters are kept as. */
  adapters: Element;
  /** What autocast runs matrix products in; null without. */
  autocast: Element | null;
  gradient_checkpointing: boolean;
  gradient_accumulation_steps: number;
  attn_implementation: Scenario["attn_implementation"];
  /** The caller's loop keeps `outputs`, and with it the logits, through backward. */
  outputsKept: boolean;
  /** Whether the batch is one row. */
  singleRow: boolean;
  /** Run as fake CPU tensors do, to be held against references, not as a GPU does: see `Tape`. */
  fakeTensors: boolean;
}>;
