// Fields of images and video, which are not modeled.

import type { Catalog } from "#catalog/catalog.ts";
import { towersOf } from "#catalog/checkpoints.ts";
import { type Finding, isNone, type Source, type SourceField } from "./source-fields.ts";

/** Fields and environment variables that size images, videos and audio, in lower case. */
const SIZES =
  "(?:image_|video_)?(?:max|min)_(?:pixels|token_num)|(?:video_)?fps(?:_(?:max|min)_frames)?|nframes|video_maxlen|size_factor|max_num|input_size|image_(?:size|area|resolution|do_pan_and_scan)|video_resolution|crop_to_patches|max_image_size|audio_sampling_rate|vit_gradient_checkpointing";

/** Fields that say which parts of a vision-language model train. */
const PARTS =
  "freeze_(?:vit|aligner|llm|vision_tower|multi_modal_projector|language_model|vision_model|projector)|tune_mm_\\w+|mm_tunable_parts|unfreeze_mm_\\w+";

const NAMES = new RegExp(`^(?:${SIZES}|${PARTS})$`);

/** True of the names of fields and variables that only models of images, videos and audio have. */
export const isOfVision = (name: string): boolean => NAMES.test(name.toLowerCase());

const SENTENCE = "Images and the vision tower are not modeled.";

/** True if the source itself names a model of the catalog that reads text alone: programs write fields of images for such models, too. */
const isOfTextModel = (findings: readonly Finding[], { models }: Catalog): boolean =>
  findings.some(
    (found) =>
      found.kind === "read" &&
      found.key === "model" &&
      Object.hasOwn(models, found.text) &&
      towersOf(found.text, models[found.text]?.architecture.model_type ?? "") === null,
  );

/**
 * What a reader found in a source, with every field of images among what is not modeled: a reader that passes one over says nothing of the tower that the
 * field is for. A text model has no tower.
 */
export const withVisionFields = (
  source: Source,
  findings: readonly Finding[],
  catalog: Catalog,
): readonly Finding[] => {
  if (isOfTextModel(findings, catalog)) return findings;
  const fields = [...source.fields.values()].filter(
    ({ path, value }) => isOfVision(path.split(".").at(-1) ?? path) && !isNone(value),
  );
  if (fields.length === 0) return findings;
  const isOf = (found: Finding, { file, path }: SourceField): boolean =>
    found.field?.file === file && found.field.path === path;
  const left = findings.filter((found) => found.kind !== "ignored" || !fields.some((field) => isOf(found, field)));
  return [
    ...left,
    ...fields
      .filter((field) => !left.some((found) => isOf(found, field)))
      .map((field): Finding => ({ kind: "not-modelled", field, sentence: SENTENCE })),
  ];
};
