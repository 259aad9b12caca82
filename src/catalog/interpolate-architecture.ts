// Architecture of a model known only by its size, interpolated between real dense models.

import { boundedCache } from "#calc/base/caches.ts";
import type { Architecture } from "#calc/model/architecture.ts";

/** A real dense model: its counted parameters and the fields that grow with them. */
type SizeAnchor = Readonly<{
  /** Its id in the catalog, whose row names the sources. */
  id: string;
  params: number;
  hidden_size: number;
  num_hidden_layers: number;
  vocab_size: number;
}>;

/**
 * The models between which sizes are interpolated, smallest first: Llama 3 where it has a size, others of its shape between. The fields are those of
 * the catalog's rows (a test compares them), the vocabulary apart: from 1B on it is Llama 3's, whatever the anchor's own is.
 * @internal
 */
export const SIZE_ANCHORS: readonly SizeAnchor[] = [
  { id: "smollm2-135m", params: 134_515_008, hidden_size: 576, num_hidden_layers: 30, vocab_size: 49_152 },
  { id: "smollm2-360m", params: 361_821_120, hidden_size: 960, num_hidden_layers: 32, vocab_size: 49_152 },
  { id: "llama-3.2-1b", params: 1_235_814_400, hidden_size: 2048, num_hidden_layers: 16, vocab_size: 128_256 },
  { id: "llama-3.2-3b", params: 3_212_749_824, hidden_size: 3072, num_hidden_layers: 28, vocab_size: 128_256 },
  { id: "llama-3.1-8b", params: 8_030_261_248, hidden_size: 4096, num_hidden_layers: 32, vocab_size: 128_256 },
  { id: "qwen2.5-14b", params: 14_770_033_664, hidden_size: 5120, num_hidden_layers: 48, vocab_size: 128_256 },
  { id: "yi-34b", params: 34_388_917_248, hidden_size: 7168, num_hidden_layers: 60, vocab_size: 128_256 },
  { id: "llama-3.1-70b", params: 70_553_706_496, hidden_size: 8192, num_hidden_layers: 80, vocab_size: 128_256 },
  { id: "llama-3.1-405b", params: 405_853_388_800, hidden_size: 16_384, num_hidden_layers: 126, vocab_size: 128_256 },
];

/** Sizes outside are taken as the nearer end. */
const LEAST_PARAMS = 0.1e9;
const MOST_PARAMS = 700e9;

/** Widths and depth stay the same over a step of a twelfth of an octave (6 %), inside which only the MLP grows. */
const STEPS_PER_OCTAVE = 12;

/** From here on heads are 128 wide, as in Llama 3 from 3B on; below 64. */
const WIDE_HEADS_FROM = 3072;
/** From here on the output head is a matrix of its own: between Llama 3.2 3B, tied, and Llama 3.1 8B, untied. */
const UNTIED_FROM_PARAMS = 5e9;
/** What one more unit of the MLP's width may add: a share of all parameters. */
const FINEST_SHARE = 0.005;
const MLP_MULTIPLES = [128, 64, 32, 16, 8] as const;
/** Gate, up, down. */
const MLP_MATRICES = 3;

type Shape = Omit<Architecture, "intermediate_size"> &
  Readonly<{
    /** Smallest size that has this shape. */
    from: number;
    /** Parameters without the MLPs. */
    rest: number;
    multiple: number;
  }>;

/** The two anchors around a size; beyond the ends, the last two. */
const anchorsAround = (params: number): readonly [SizeAnchor, SizeAnchor] => {
  const above = SIZE_ANCHORS.findIndex((anchor) => anchor.params > params);
  const upper = Math.max(1, above === -1 ? SIZE_ANCHORS.length - 1 : above);
  const [a, b] = SIZE_ANCHORS.slice(upper - 1, upper + 1);
  if (a === undefined || b === undefined) throw new Error("Two anchors are needed to interpolate.");
  return [a, b];
};

/** A straight line in logarithms: `y = ya (p / pa)^k`, k from the two anchors. */
const interpolate = (params: number, field: "hidden_size" | "num_hidden_layers" | "vocab_size"): number => {
  const [a, b] = anchorsAround(params);
  const slope = Math.log(b[field] / a[field]) / Math.log(b.params / a.params);
  return a[field] * (params / a.params) ** slope;
};

/** Multiples in which real models choose their width: three heads of 64 (SmolLM2), four of 64, four of 128, eight of 128. */
const hiddenSize = (params: number): number => {
  const width = interpolate(params, "hidden_size");
  const multiple = width < 1024 ? 192 : width < WIDE_HEADS_FROM ? 256 : width < 8192 ? 512 : 1024;
  return Math.max(1, Math.round(width / multiple)) * multiple;
};

/** Eight key and value heads where they divide the heads, else four; a third of the heads in the smallest models, as SmolLM2. */
const keyValueHeads = (hidden: number, heads: number): number => {
  if (hidden < 1024) return heads / 3;
  return heads % 8 === 0 ? 8 : 4;
};

const fieldsOf = (params: number): Omit<Architecture, "intermediate_size"> => {
  const hidden_size = hiddenSize(params);
  const head_dim = hidden_size < WIDE_HEADS_FROM ? 64 : 128;
  const num_attention_heads = hidden_size / head_dim;
  const vocabulary = Math.min(interpolate(params, "vocab_size"), SIZE_ANCHORS.at(-1)?.vocab_size ?? 0);
  return {
    model_type: "llama",
    num_hidden_layers: Math.round(interpolate(params, "num_hidden_layers")),
    hidden_size,
    num_attention_heads,
    num_key_value_heads: keyValueHeads(hidden_size, num_attention_heads),
    head_dim,
    vocab_size: Math.round(vocabulary / 64) * 64,
    tie_word_embeddings: params < UNTIED_FROM_PARAMS,
    max_position_embeddings: 131_072,
    hidden_act: "silu",
    mlp_type: "gated",
    norm_type: "rmsnorm",
    norms_per_layer: 2,
  };
};

/** Parameters that one unit of the MLP's width adds. */
const perUnit = ({ hidden_size, num_hidden_layers }: Pick<Architecture, "hidden_size" | "num_hidden_layers">): number =>
  MLP_MATRICES * hidden_size * num_hidden_layers;

/** Embeddings, head, attention and norms of a Llama: `Vh (1 or 2) + L (2h(a + k)d + 2h) + h`. */
const countWithoutMlps = (a: Omit<Architecture, "intermediate_size">): number => {
  const embeddings = a.vocab_size * a.hidden_size * (a.tie_word_embeddings ? 1 : 2);
  const attention = 2 * a.hidden_size * (a.num_attention_heads + a.num_key_value_heads) * a.head_dim;
  return embeddings + a.num_hidden_layers * (attention + 2 * a.hidden_size) + a.hidden_size;
};

const shapeAt = (step: number): Shape => {
  const from = LEAST_PARAMS * 2 ** (step / STEPS_PER_OCTAVE);
  const fields = fieldsOf(from * 2 ** (0.5 / STEPS_PER_OCTAVE));
  const multiple = MLP_MULTIPLES.find((units) => units * perUnit(fields) <= FINEST_SHARE * from) ?? 8;
  return { ...fields, from, rest: countWithoutMlps(fields), multiple };
};

/**
 * Architectures kept: what follows from one is remembered with the object, so that the same size must give the same object. As many as a slider of sizes
 * passes before it comes back.
 */
const MOST_KEPT = 32;

const made = boundedCache<Shape, Architecture>(MOST_KEPT);

const shapes = new Map<number, Shape>();

/** The shape of a size's step, made once. */
const shapeOf = (params: number): Shape => {
  const step = Math.floor(Math.log2(params / LEAST_PARAMS) * STEPS_PER_OCTAVE + 1e-9);
  const shape = shapes.get(step) ?? shapeAt(step);
  shapes.set(step, shape);
  return shape;
};

/**
 * An architecture of about so many parameters, between those of real dense models: a Llama whose width, depth and vocabulary lie on straight lines,
 * in logarithms, between the anchors, rounded as real models round them; the width of its MLP then makes up the count: to within 1 %.
 * More parameters asked for never gives fewer.
 *
 * An estimate: two real models of one size differ by 10 % and more in each field.
 *
 * @param params 0.1e9 to 700e9; beyond, the nearer end.
 */
export const interpolateArchitecture = (params: number): Architecture => {
  const asked = Math.min(Math.max(params, LEAST_PARAMS), MOST_PARAMS);
  const shape = shapeOf(asked);
  const { from, rest, multiple, ...fields } = shape;
  const unit = multiple * perUnit(fields);
  // Not below the start of the step, so that a step never counts fewer than the one before it.
  const units = Math.max(Math.floor((asked - rest) / unit), Math.ceil((from - rest) / unit));
  return made(shape, String(units), () => ({ ...fields, intermediate_size: units * multiple }));
};
