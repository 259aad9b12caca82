import { isOnField, isPositive, isSet, type Unmodelled } from "#interop/import/unmodelled.ts";

const isOff = (value: unknown): boolean => value === false || value === "false";

/** What changes memory and no key says. @see ms-swift@3602360a:swift/arguments/ */
export const UNMODELLED_OF_SWIFT: readonly Unmodelled[] = [
  {
    field: "task_type",
    when: (value) => isSet(value) && value !== "causal_lm",
    sentence: "Another task than next tokens: the head and the loss are others than are counted.",
  },
  { field: "num_labels", when: isSet, sentence: "A head of so many classes stands in the place of the vocabulary's." },
  {
    field: "freeze_vit",
    when: isOff,
    sentence: "The vision part is trained, too: neither it nor its activations are counted.",
  },
  {
    field: "freeze_aligner",
    when: isOff,
    sentence: "The part between pictures and text is trained, too: it is not counted.",
  },
  { field: "freeze_llm", when: isOnField, sentence: "The language model is not trained: it is counted as trained." },
  {
    field: ["freeze_parameters", "freeze_parameters_ratio", "freeze_parameters_regex"],
    when: (value) => isSet(value) && value !== 0,
    sentence: "Some parameters are not trained: all are counted as trained.",
  },
  {
    field: ["trainable_parameters", "trainable_parameters_regex"],
    when: isSet,
    sentence: "Only what is named is trained, which no key says.",
  },
  {
    field: "galore_optim_per_parameter",
    when: isOnField,
    sentence: "An optimizer for each parameter steps within backward: gradients of all of them are counted.",
  },
  {
    field: "galore_rank",
    when: (value) => isSet(value) && value !== 128,
    sentence: "Projections of another rank than 128, which is counted.",
  },
  { field: "galore_quantization", when: isOnField, sentence: "Projections in 8 bits are counted in 16." },
  {
    field: "CELOSS_PARALLEL_SIZE",
    when: isPositive,
    sentence:
      "Beside a shared sequence the loss is computed for so many tokens at a time: it is counted for all at once.",
  },
  {
    field: "lisa_activated_layers",
    when: isPositive,
    sentence: "A few layers at a time are trained: all are counted.",
  },
  {
    field: "optimizer",
    when: isSet,
    sentence: "An optimizer of ms-swift's own plugins, whose states are not known here.",
  },
  { field: "use_logits_to_keep", when: isOnField, sentence: "Logits of answers alone are made: all are counted." },
  { field: "new_special_tokens", when: isSet, sentence: "The vocabulary grows by some rows, which are not counted." },
  {
    field: "router_aux_loss_coef",
    when: isPositive,
    sentence: "The loss of routers keeps their logits, which are not counted.",
  },
  { field: "target_regex", when: isSet, sentence: "A regular expression chooses modules: all linears are counted." },
  { field: "target_parameters", when: isSet, sentence: "Adapters on single parameters (experts): no key says which." },
  { field: "use_swift_lora", when: isOnField, sentence: "ms-swift's own LoRA is not known here: PEFT's is counted." },
  {
    field: "lora_bias",
    when: (value) => isSet(value) && value !== "none",
    sentence: "Biases are trained, too: their gradients and states are not counted.",
  },
  { field: "device_map", when: isSet, sentence: "Layers are spread over devices by one process: no key says that." },
  { field: "max_memory", when: isSet, sentence: "Layers are spread over devices by one process: no key says that." },
  {
    field: "experts_impl",
    when: isSet,
    sentence: "How experts are multiplied changes what they keep: the stack's way is counted.",
  },
  {
    field: "neftune_noise_alpha",
    when: isPositive,
    sentence: "Noise on embeddings takes one more tensor of their size.",
  },
  { field: "use_flash_ckpt", when: isOnField, sentence: "Checkpoints pass through host memory." },
];
