import { formatCount } from "#format/count.ts";
import type { Finding } from "#interop/import/finding.ts";
import { fieldOf } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { numberOf } from "#interop/import/take.ts";
import type { ToolReader } from "#interop/import/tool-reader.ts";

const WEIGHTS = "weight_map.";
const BYTES_OF_SIXTEEN_BITS = 2;

const tensorsOf = ({ fields }: Source): number => [...fields.keys()].filter((path) => path.startsWith(WEIGHTS)).length;

/** How much a checkpoint has; of which shapes its index does not say. */
const readCounts = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "metadata.total_size");
  const bytes = numberOf(field?.value ?? undefined);
  if (field === undefined || bytes === undefined) return [];
  const parameters = Math.round(bytes / BYTES_OF_SIXTEEN_BITS);
  const sentence = `The checkpoint has ${formatCount(bytes)} bytes in ${formatCount(tensorsOf(source))} tensors: ${formatCount(parameters)} parameters, if each has 16 bits. Its shapes stand in config.json.`;
  return [{ kind: "ignored", field, sentence }];
};

/** `model.safetensors.index.json`: how many bytes a checkpoint has, in how many tensors. */
export const TENSOR_INDEX_READER: ToolReader = {
  id: "tensor-index",
  name: "safetensors index",
  stack: null,
  says: "part",
  recognises: (source) => [...source.fields.keys()].some((path) => path.startsWith(WEIGHTS)),
  read: readCounts,
  harmless: [WEIGHTS, "metadata."],
};
