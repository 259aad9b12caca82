import { numberOf, wordOf } from "#interop/import/take.ts";
import { isOnField, isPositive, isSet, isSeveral, type Unmodelled } from "#interop/import/unmodelled.ts";

const GALORE = "An optimizer for each layer steps within backward: gradients of all of them are counted.";
const IMAGES = "Tokens of images, and what the tower that reads them keeps, are not counted.";
const MEGATRON = "Another trainer runs this, with code that is not known here.";

/** The rank of GaLore and APOLLO by themselves. @see transformers@5.14.1:trainer_optimizer.py */
export const COUNTED_RANK = 128;

const ofOptimizer = (field: string): Unmodelled => ({ field, when: isOnField, sentence: GALORE });
const image = (field: string): Unmodelled => ({ field, when: isSet, sentence: IMAGES });

/** What of LLaMA-Factory changes memory and is said by no key. @see LLaMA-Factory@ff6d4d12:src/llamafactory/hparams/ */
export const UNMODELLED_OF_FACTORY: readonly Unmodelled[] = [
  ...["galore_layerwise", "apollo_layerwise"].map(ofOptimizer),
  {
    field: ["galore_rank", "apollo_rank"],
    when: (value) => isSet(value) && numberOf(value) !== COUNTED_RANK,
    sentence: `A rank of ${COUNTED_RANK} is counted.`,
  },
  {
    field: ["galore_target", "apollo_target"],
    when: (value) => isSet(value) && wordOf(value) !== "all",
    sentence: "Every linear is counted as projected.",
  },
  ...["image_max_pixels", "image_min_pixels", "image_do_pan_and_scan", "crop_to_patches"].map(image),
  // Their names until 0.9.1.
  ...["image_resolution", "video_resolution"].map(image),
  {
    field: "train_mm_proj_only",
    when: isOnField,
    sentence: "A projector of images alone is trained: all is counted as trained.",
  },
  ...["video_max_pixels", "video_min_pixels", "video_fps", "video_maxlen", "audio_sampling_rate"].map(image),
  {
    field: "freeze_vision_tower",
    when: (value) => !isOnField(value),
    sentence: "A tower that reads images is not counted, and here it is trained.",
  },
  {
    field: "freeze_multi_modal_projector",
    when: (value) => !isOnField(value),
    sentence: "A projector of images is not counted, and here it is trained.",
  },
  {
    field: "freeze_language_model",
    when: isOnField,
    sentence: "The language model is frozen here; it is counted as trained.",
  },
  {
    field: "use_llama_pro",
    when: isOnField,
    sentence: "Only the blocks that LLaMA Pro adds are trained; a model is counted without such blocks.",
  },
  {
    field: ["freeze_trainable_layers", "name_module_trainable", "num_layer_trainable"],
    when: isSet,
    sentence: "Which layers are trained no key says.",
  },
  {
    field: ["freeze_trainable_modules", "freeze_extra_modules"],
    when: isSet,
    sentence: "Which modules of layers are trained no key says.",
  },
  {
    field: "use_badam",
    when: isOnField,
    sentence: "BAdam trains one block at a time: states and gradients are those of a block.",
  },
  { field: "use_adam_mini", when: isOnField, sentence: "Adam-mini has fewer states than are counted." },
  { field: ["use_mca", "use_hyper_parallel", "use_kt", "use_ray"], when: isOnField, sentence: MEGATRON },
  {
    field: "use_unsloth",
    when: isOnField,
    sentence: "Unsloth's kernels run in the place of the library's own: choose its stack to see them.",
  },
  {
    field: ["fp8", "fp8_backend"],
    when: isSet,
    sentence: "fp8 products keep other tensors than those that are counted here.",
  },
  {
    field: "fp8_enable_fsdp_float8_all_gather",
    when: isOnField,
    sentence: "Weights that are gathered in fp8 are counted in 16 bits.",
  },
  {
    field:
      "tensor_model_parallel_size pipeline_model_parallel_size expert_model_parallel_size context_parallel_size".split(
        " ",
      ),
    when: isSeveral,
    sentence: "GPUs that divide a model by Megatron's code: it is counted whole.",
  },
  { field: "shift_attn", when: isOnField, sentence: "Shifted sparse attention keeps other tensors." },
  {
    field: "mixture_of_depths",
    when: isSet,
    sentence: "Mixture of depths skips tokens in layers, and has routers of its own.",
  },
  { field: "upcast_layernorm", when: isOnField, sentence: "Norms in fp32 are counted in 16 bits." },
  {
    field: "upcast_lmhead_output",
    when: isOnField,
    sentence: "Logits in fp32 from the head on take more than is counted.",
  },
  {
    field: ["resize_vocab", "add_tokens", "add_special_tokens", "new_special_tokens_config"],
    when: isSet,
    sentence: "A larger vocabulary has larger embeddings and logits.",
  },
  {
    field: "moe_aux_loss_coef",
    when: isPositive,
    sentence: "Logits of routers, kept for their loss, are not counted.",
  },
  {
    field: ["use_dft_loss", "use_asft_loss", "use_eaft_loss"],
    when: isOnField,
    sentence: "What this loss keeps is not known here.",
  },
  { field: "oft_rank", when: isPositive, sentence: "A number of blocks in the place of their size: no key says it." },
  { field: "quantization_device_map", when: isSet, sentence: "Layers are spread over devices in one process." },
  {
    field: "lora_layers_to_transform",
    when: isSet,
    sentence: "Adapters in some of the layers alone: they are counted in all.",
  },
];
