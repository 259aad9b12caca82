const custom = (architecture: string, rest: string): string => `?v=1&model=custom&arch=${architecture}&${rest}`;

const SMALL = "h64.f128.l2.a4.k2.d16.v256.t0";

/** Small Llamas that run on a CPU in seconds: methods, tuners, optimizers, kernels, padding, accumulation. */
const LLAMAS = [
  "method=full&batch=2&accum=2",
  "method=full&weights=fp32&optim=adamw_torch&ckpt=0",
  "method=full&optim=adafactor&packing=0&batch=3",
  "method=full&optim=sgd_momentum&attn=eager&stack=plain",
  "method=lora&dropout=0.1&targets=q_proj,v_proj&save=lm_head",
  "method=lora&dora=1&adapters=bf16&autocast=0",
  "method=lora&attn=math&reentrant=1&optim=sgd",
  "method=lora&compute=fp32&weights=fp32",
  "method=lora&optim=adamw_bnb_8bit&alloc=expandable",
  "method=lora&tuner=vera&r=8",
  "method=lora&tuner=ia3",
  "method=lora&tuner=oft&r=16",
  "method=lora&tuner=adalora",
  "method=lora&tuner=lorafa",
  "method=lora&tuner=loha",
  "method=lora&tuner=lokr",
  "method=lora&tuner=vblora",
  "method=lora&tuner=prompt_tuning&r=8",
  "method=qlora&packing=0&batch=2",
  "method=qlora&quant=fp4&dq=0&kbit=none&adapters=bf16&accum=2",
  "method=qlora&quant=int8",
  "method=qlora&dora=1",
].map((rest) => custom(`llama.${SMALL}`, `seq=32&${rest}`));

/** Other families. */
const FAMILIES = [
  "qwen2.h64.f128.l2.a4.k2.d16.v256.t1.qb1",
  "qwen3.h64.f128.l2.a4.k2.d16.v256.t1.qn:head",
  "mistral.h64.f128.l2.a4.k2.d16.v256.t0",
  "gemma2.h64.f128.l2.a4.k2.d16.v256.t1.fs30.as50.sw16",
  "gemma3_text.h64.f128.l2.a4.k2.d16.v256.t1.qn:head.sw16.sp2",
  "phi3.h64.f128.l2.a4.k4.d16.v256.t0",
  "olmo2.h64.f128.l2.a4.k4.d16.v256.t0.qn:full",
  "gpt_neox.h64.f128.l2.a4.k4.d16.v256.t0",
  "gpt2.h64.f256.l2.a4.k4.d16.v256.t1.p64.lp64",
  "opt.h64.f128.l2.a4.k4.d16.v256.t1.p64.lp66",
  "mixtral.h64.f128.l2.a4.k2.d16.v256.t0.e4.x2.m128",
  "qwen3_moe.h64.f128.l2.a4.k2.d16.v256.t0.qn:head.e4.x2.m64",
].flatMap((architecture) => ["lora", "qlora"].map((method) => custom(architecture, `method=${method}&seq=32`)));

/** Scenarios that a script is run for. */
export const RUN_LINKS: readonly string[] = [...LLAMAS, ...FAMILIES];

/** One for which no machine has the memory: scores of ten million tokens with each other. */
export const TOO_LARGE = custom(`llama.${SMALL}`, "method=full&attn=eager&seq=10485760");

const WIDE = "llama.h512.f1408.l3.a8.k2.d64.v4096.t0";

/** Scenarios whose moments are held against the engine to the byte, on fake tensors: what has no kernel of another library in its step. */
export const EXACT_LINKS: readonly string[] = [
  "method=full&batch=2",
  "method=full&weights=fp32&optim=adamw_torch&accum=2",
  "method=full&stack=plain&ckpt=0",
  "method=full&optim=sgd&attn=eager&ckpt=0",
  "method=lora&dropout=0.05",
  "method=lora&dora=1&ckpt=0",
  "method=lora&targets=q_proj,v_proj&adapters=bf16&autocast=0",
  "method=lora&attn=math&save=lm_head",
  "method=lora&packing=0&batch=3",
  "method=lora&tuner=ia3",
  "method=lora&tuner=lorafa",
  "method=lora&tuner=oft&r=32",
  "method=lora&tuner=vera&r=256",
  "method=lora&tuner=prompt_tuning",
  "method=qlora&accum=2",
  "method=qlora&kbit=none&adapters=bf16&dq=0&ckpt=0",
]
  .map((rest) => custom(WIDE, `seq=512&${rest}`))
  .concat(
    [
      "qwen3.h512.f1408.l3.a8.k2.d64.v4096.t1.qn:head",
      "gemma2.h512.f1408.l3.a8.k2.d64.v4096.t1.fs30.as50.sw4096",
      "gpt_neox.h512.f2048.l3.a8.k8.d64.v4096.t0",
    ].map((architecture) =>
      custom(architecture, `method=lora&seq=512${architecture.startsWith("gemma2") ? "&attn=eager" : ""}`),
    ),
  );
