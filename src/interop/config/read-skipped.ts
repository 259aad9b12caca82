import { array, maxLength, pipe, safeParse, string } from "valibot";
import type { Architecture } from "#calc/model/architecture.ts";
import { decodeSkips, encodeSkips } from "#scenario/keys/codec/skip-list.ts";
import type { Issue } from "#scenario/choices/issue.ts";
import { configIssue, unexpected } from "./config-issue.ts";
import { isObject, own, type RawConfig } from "./raw-config.ts";

type Read = Readonly<{ fields: Partial<Architecture>; issues: readonly Issue[] }>;

const NOTHING: Read = { fields: {}, issues: [] };
const FIELD = "llm_int8_skip_modules";

/** A link has 600 characters for an architecture, of which the other fields take up to 200. */
const LONGEST = 400;

const moduleNames = pipe(array(pipe(string(), maxLength(120))), maxLength(4096));

/** A layer of the decoder, by the names that versions of transformers and multimodal models have for what it stands in. */
const DECODER_LAYER =
  /^(?:(?:model|language_model|text_model|transformer|gpt_neox|decoder|backbone)\.)*(?:layers|h)\.(?=\d)/;
/** Parts of a model that stand outside the decoder's layers. */
const OUTSIDE =
  /^(?:lm_head|embed|multi_modal_projector|merger|modality_projection|projector)|vision|visual|audio|image/;

/** The names that mean modules of layers, as a decoder alone has them. */
const inLayers = (names: readonly string[]): readonly string[] =>
  names.filter((name) => !OUTSIDE.test(name)).map((name) => name.replace(DECODER_LAYER, "model.layers."));

/** Whether bitsandbytes quantised the checkpoint. */
const isBitsAndBytes = (quantization: RawConfig): boolean =>
  own(quantization, "quant_method") === "bitsandbytes" ||
  own(quantization, "load_in_4bit") === true ||
  own(quantization, "load_in_8bit") === true;

/**
 * Reads which modules of the layers a checkpoint that bitsandbytes quantised leaves in 16 bits. Names that are no plain path (a regular expression) are
 * left out.
 */
export const readSkipped = (config: RawConfig): Read => {
  const quantization = own(config, "quantization_config");
  if (!isObject(quantization) || !isBitsAndBytes(quantization)) return NOTHING;
  const value = own(quantization, FIELD);
  if (value === undefined) return NOTHING;
  const parsed = safeParse(moduleNames, value);
  if (!parsed.success)
    return { fields: {}, issues: [unexpected("unknown-value", FIELD, { value, expected: "a list of names" })] };
  const text = encodeSkips(inLayers(parsed.output));
  if (text.length > LONGEST) {
    const why = `takes ${text.length} characters in a link, more than ${LONGEST}; all is taken to be quantised`;
    return { fields: {}, issues: [configIssue("too-large", FIELD, { why })] };
  }
  const names = text === "" ? null : decodeSkips(text);
  return names === null ? NOTHING : { fields: { [FIELD]: names }, issues: [] };
};
