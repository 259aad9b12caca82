import { formatGib } from "#format/bytes.ts";
import { capitalized, gpuPhrase } from "#format/phrases.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";

const fitWords = ({ fit, headroomBytes, cannotRun }: MethodAnswer["card"]): string => {
  switch (fit) {
    case "fits":
      return "it fits";
    case "tight":
      return `it may not fit: ${formatGib(headroomBytes)} GiB free`;
    case "over":
      return "it does not fit";
    case "cannot-run":
      return `it cannot run: ${cannotRun ?? "the card lacks what it needs"}`;
    default:
      return fit satisfies never;
  }
};

/** "LoRA of Llama 3.1 8B on a GeForce RTX 4090: 17.4 GiB needed of 23.5, it fits." */
export const estimateWords = ({ model, gpu, choices, usedBytes, methods }: Answer): string => {
  const [method] = methods;
  if (method === undefined) return "";
  const { estimate, card } = method;
  const each = choices.gpus > 1 ? " each" : "";
  const figures = `${formatGib(estimate.onCardBytes)} GiB needed of ${formatGib(gpu.usableBytes - usedBytes)}${each}`;
  const words = fitWords(card);
  return `${capitalized(METHOD_NAMES[method.method].inSentence)} of ${model.name} on ${gpuPhrase(gpu.name, choices.gpus)}: ${figures}, ${words}${words.endsWith(".") ? "" : "."}`;
};

/** Comments keep to plain letters: some tools read their files as ASCII. */
export const plainLetters = (text: string): string =>
  text.replaceAll("\u00A0", " ").replaceAll("\u2019", "'").replaceAll("\u00D7", "x").replaceAll("\u2212", "-");
