// Text for the factors of a memory formula: values, parts, tensor shapes, kernels, and the rest.

import type { FormulaInput } from "#calc/base/formula.ts";
import type { FactoredProduct, FactoredTerm, FactorPart } from "#calc/explain/factored-term.ts";
import { tensorName } from "#calc/explain/tensor-words.ts";
import type { StepPoint } from "#calc/model/timeline.ts";
import { formatBytes } from "#format/bytes.ts";
import { formatCount } from "#format/numbers.ts";
import { layerRanges, formulaValue } from "#format/formula-text.ts";

/** More parts than this are counted, not added up in words. */
const MOST_PARTS = 4;

const NUMBER_WORDS = ["no tensors", "one tensor", "two tensors", "three tensors", "four tensors"];

const tensorsText = (count: number): string => NUMBER_WORDS[count] ?? `${formatCount(count)} tensors`;

const lowered = (name: string): string => (/^[A-Z][a-z]/.test(name) ? name[0]?.toLowerCase() + name.slice(1) : name);

/** What stands on a factor's button: `2`, `128,256`, and of bytes their unit, `12 B`. */
export const factorValue = (input: FormulaInput): string =>
  input.origin === "tensors" ? formatBytes(input.value) : formulaValue(input);

/** What a factor is the sum of: "4 + 4 + 4, three tensors"; "31 tensors" where they are many or large. */
export const partsText = ({ factors, parts }: FactoredProduct): string => {
  const count = parts.length;
  if (count === 1 || count > MOST_PARTS || factors.length === 1) return tensorsText(count);
  return `${parts.map(({ each }) => formatCount(each)).join(" + ")}, ${tensorsText(count)}`;
};

/** "31 × [1, 2048, 4096] bf16". */
export const shapeText = ({ tensors: { count, shape, dtype } }: FactorPart): string =>
  `${count > 1 ? `${formatCount(count)} × ` : ""}${shape.join(", ")}${dtype === "" ? "" : ` ${dtype}`}`;

/** "log_softmax", and which layers hold one where several do. */
export const kernelText = ({ tensors: { op, layers } }: FactorPart, ofModel: number): string =>
  layers.length > 1 ? `${op}, ${layerRanges(layers, ofModel)}` : op;

const OTHER_PASS: Readonly<Partial<Record<StepPoint["phase"], string>>> = { forward: "backward", backward: "forward" };

/** What a factor is in the other pass: "In the forward pass it is 10 B: logits 2, fp32 copy of the logits 4, log-probabilities 4." Empty where there is nothing to say. */
export const otherwiseText = ({ factors, unit, otherwise }: FactoredProduct, phase: StepPoint["phase"]): string => {
  const pass = OTHER_PASS[phase];
  if (pass === undefined || factors.length === 1 || otherwise.length === 0 || otherwise.length > MOST_PARTS) return "";
  const ascending = otherwise.toSorted((one, other) => one.each - other.each);
  const parts = ascending.map(({ tensors, each }) => `${lowered(tensorName(tensors))} ${formatCount(each)}`);
  const total = otherwise.reduce((sum, { each }) => sum + each, 0);
  if (total === unit.value) return "";
  return `In the ${pass} pass ${unit.name} are ${formatCount(total)}: ${parts.join(", ")}.`;
};

/** What fits no product: "Plus 512 B for the loss itself." Empty where there is nothing. */
export const restText = ({ rest: { bytes, tensors } }: FactoredTerm): string => {
  if (bytes === 0) return "";
  const [only] = tensors;
  if (only === undefined) return `Plus ${formatBytes(bytes)} of rounding up to blocks.`;
  if (tensors.length === 1) return `Plus ${formatBytes(bytes)} for ${lowered(tensorName(only))}.`;
  return `Plus ${formatBytes(bytes)} in ${formatCount(tensors.length)} kinds of smaller tensors, and of rounding up to blocks.`;
};
