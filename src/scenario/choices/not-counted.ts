import type { Catalog } from "#catalog/catalog.ts";
import { towersOf } from "#catalog/towers.ts";
import { formatParams } from "#format/count.ts";
import type { Answer } from "./answer.ts";

/** "Text only: images and the vision tower (420 M parameters) are not included." */
const towers = ({ model }: Pick<Answer, "model">): readonly string[] => {
  const found = towersOf(model.id, model.architecture.model_type);
  if (found === null) return [];
  const { vision, audio } = found;
  const total = vision === null || audio === null ? null : vision + (audio ?? 0);
  const count = total === null ? "" : ` (${formatParams(total)} parameters)`;
  return audio === undefined
    ? [`Text only: images and the vision tower${count} are not included.`]
    : [`Text only: images, audio and their towers${count} are not included.`];
};

const MLX = "PyTorch on MPS. MLX needs far less and is not included.";

/**
 * What the figures do not include, a sentence each: towers of images and audio, MLX on a Mac, and moments of the run that are known only as another library
 * runs them. Said where the figures are.
 */
export const notCountedOf = (
  answer: Pick<Answer, "model" | "gpu" | "methods">,
  { gpus }: Catalog,
): readonly string[] => [
  ...towers(answer),
  ...(Object.hasOwn(gpus, answer.gpu.id) && gpus[answer.gpu.id]?.vendor === "Apple" ? [MLX] : []),
  ...new Set(answer.methods.flatMap(({ run }) => run?.moments.flatMap(({ otherRule }) => otherRule ?? []) ?? [])),
];
