import { COMPILED } from "#interop/import/tools/compiled.ts";
import { isOnField, isPositive, isSet, isSeveral, type Unmodelled } from "#interop/import/unmodelled.ts";

const PREFERENCE =
  "Another objective than plain fine-tuning has further forwards and models, none of which is counted.";
const LAYERS = "Adapters in some layers, or of other ranks: no key says which.";
const IMAGES = "Images, and the tower that reads them, are not counted.";
const EXPERTS = "These kernels of experts keep other tensors than those that are counted here.";
const EIGHT_BIT_FLOATS = "fp8 products keep other tensors than those that are counted here.";
const VOCABULARY = "A vocabulary of another size has other embeddings and logits.";

const set = (names: string, sentence: string): readonly Unmodelled[] =>
  names.split(" ").map((field) => ({ field, when: isSet, sentence }));

const on = (names: string, sentence: string): readonly Unmodelled[] =>
  names.split(" ").map((field) => ({ field, when: isOnField, sentence }));

/** What of Axolotl changes memory and is said by no key. @see axolotl@067b021c:src/axolotl/utils/schemas/ */
export const UNMODELLED_OF_AXOLOTL: readonly Unmodelled[] = [
  ...on("process_reward_model kd_trainer diffusion", PREFERENCE),
  ...set(
    "peft_layers_to_transform peft_layers_pattern lora_rank_pattern lora_alpha_pattern peft_layer_replication",
    LAYERS,
  ),
  ...set(
    "lora_target_parameters",
    "Adapters on parameters by their names: they are counted where the modules say so alone.",
  ),
  ...set("peft_trainable_token_indices", "Rows of embeddings that are trained by themselves are not counted."),
  ...set("unfrozen_parameters", "Only some parameters are trained; all are counted as trained, which is more."),
  ...set(
    "lisa_n_layers spectrum_top_fraction",
    "Only some layers are trained at a time; all are counted as trained, which is more.",
  ),
  ...on("relora", "ReLoRA merges its adapters at times, which is not counted."),
  ...set("torch_compile torch_compile_backend deepcompile", COMPILED),
  ...on("tiled_mlp", "An MLP that runs over parts of a sequence keeps less than is counted."),
  ...on("layer_offloading", "Layers that wait in host memory are counted on the GPU."),
  ...set("selective_checkpointing", "Which tensors are kept no key says so finely."),
  ...on(
    "flash_attn_fuse_mlp flash_attn_fuse_qkv flash_attn_cross_entropy flash_attn_rms_norm",
    "These kernels keep other tensors.",
  ),
  ...on("s2_attention scaling_softmax", "This attention keeps other tensors than those that are counted here."),
  ...on("fp8 fp8_enable_fsdp_float8_all_gather", EIGHT_BIT_FLOATS),
  ...set(
    "qat.activation_dtype qat.weight_dtype",
    "Weights that are quantised on trial in each forward keep more tensors.",
  ),
  ...set("image_size processor_type", IMAGES),
  ...on("use_scattermoe use_sonicmoe dense_mixer use_dsv4_kernels use_glm_dsa_kernels nvfp4_merge_aware", EXPERTS),
  ...set("expert_backend expert_parallel_backend", EXPERTS),
  { field: "expert_parallel_size", when: isSeveral, sentence: "GPUs that divide experts: they are counted whole." },
  {
    field: "dp_replicate_size",
    when: isSeveral,
    sentence: "Each of several groups of GPUs has all of the model: it is counted as shared over all of them.",
  },
  { field: "neftune_noise_alpha", when: isSet, sentence: "Noise on embeddings takes one more tensor of their size." },
  { field: "auto_find_batch_size", when: isOnField, sentence: "The batch becomes smaller where it does not fit." },
  { field: "loftq_config.loftq_bits", when: isPositive, sentence: "LoftQ makes the base in bits of its own." },
  ...on(
    "model_config.output_router_logits overrides_of_model_config.output_router_logits",
    "Logits of routers, kept for their loss, are not counted.",
  ),
  ...set("tokens added_tokens_overrides", VOCABULARY),
  ...on("resize_token_embeddings_to_32x shrink_embeddings", VOCABULARY),
  ...on(
    "embeddings_skip_upcast fp32_norms",
    "Types of embeddings and norms are counted as the library has them by itself.",
  ),
  ...set("gpu_memory_limit max_memory", "A limit of memory spreads layers over devices."),
  ...set(
    "optim_target_modules optim_args.rank",
    "Ranks and layers of this optimizer are counted as its library sets them.",
  ),
  { field: "ddp_bucket_cap_mb", when: isSet, sentence: "DDP's buckets are counted in PyTorch's usual size." },
  { field: "use_onebitllms", when: isOnField, sentence: "Weights of 1.58 bits are counted in 16." },
];
