/** A real dense model: its counted parameters and the fields that grow with them. */
export type SizeAnchor = Readonly<{
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
