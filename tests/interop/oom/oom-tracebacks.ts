/** A frame of a traceback: file, function, and its line of code. */
type Frame = readonly [file: string, name: string, code: string];

const TRAIN: readonly Frame[] = [
  ["/srv/run/train.py", "main", "trainer.train()"],
  ["transformers/trainer.py", "train", "return inner_training_loop("],
];

const STEP: readonly Frame[] = [
  ...TRAIN,
  [
    "transformers/trainer.py",
    "_inner_training_loop",
    "tr_loss_step = self.training_step(model, inputs, num_items_in_batch)",
  ],
  ["transformers/trainer.py", "training_step", "loss = self.compute_loss(model, inputs)"],
];

const FORWARD: readonly Frame[] = [
  ...STEP,
  ["transformers/trainer.py", "compute_loss", "outputs = model(**inputs)"],
  ["torch/nn/modules/module.py", "_call_impl", "return forward_call(*args, **kwargs)"],
  ["transformers/models/llama/modeling_llama.py", "forward", "outputs = self.model(input_ids=input_ids)"],
];

const BACKWARD: readonly Frame[] = [
  ...STEP,
  ["accelerate/accelerator.py", "backward", "loss.backward(**kwargs)"],
  ["torch/_tensor.py", "backward", "torch.autograd.backward(self, gradient)"],
  ["torch/autograd/graph.py", "_engine_run_backward", "return Variable._execution_engine.run_backward("],
];

/** accelerate runs DeepSpeed's step inside of its `backward`. */
const DEEPSPEED: readonly Frame[] = [
  ...STEP,
  ["accelerate/accelerator.py", "backward", "self.deepspeed_engine_wrapped.backward(loss, **kwargs)"],
  ["accelerate/utils/deepspeed.py", "backward", "self.engine.step()"],
  ["deepspeed/runtime/engine.py", "step", "self._take_model_step(lr_kwargs)"],
  ["deepspeed/runtime/engine.py", "_take_model_step", "self.optimizer.step()"],
];

/** Tracebacks of our own making, as libraries of today print them, each by where it ends. */
export const TRACEBACKS = {
  load: [
    ["/srv/run/train.py", "main", "model = AutoModelForCausalLM.from_pretrained(name, device_map=0)"],
    ["transformers/modeling_utils.py", "from_pretrained", "model, info = cls._load_pretrained_model("],
    ["transformers/core_model_loading.py", "_materialize_copy", "return tensor.to(device=device, dtype=dtype)"],
  ],
  attention: [
    ...FORWARD,
    [
      "transformers/models/llama/modeling_llama.py",
      "eager_attention_forward",
      "attn_weights = torch.matmul(query, key) * scaling",
    ],
  ],
  forward: [
    ...FORWARD,
    ["transformers/models/llama/modeling_llama.py", "forward", "hidden_states = residual + hidden_states"],
  ],
  loss: [...FORWARD, ["transformers/loss/loss_utils.py", "ForCausalLMLoss", "logits = logits.float()"]],
  backward: BACKWARD,
  recompute: [
    ...BACKWARD,
    ["torch/utils/checkpoint.py", "recompute_fn", "fn(*args, **kwargs)"],
    ["transformers/models/llama/modeling_llama.py", "forward", "hidden_states = residual + hidden_states"],
  ],
  adamw: [
    ...TRAIN,
    ["transformers/trainer.py", "_inner_training_loop", "self.optimizer.step()"],
    ["torch/optim/adamw.py", "step", "has_complex = self._init_group("],
    [
      "torch/optim/adam.py",
      "_init_group",
      'state["exp_avg_sq"] = torch.zeros_like(p, memory_format=torch.preserve_format)',
    ],
  ],
  foreach: [
    ...TRAIN,
    ["transformers/trainer.py", "_inner_training_loop", "self.optimizer.step()"],
    ["torch/optim/adamw.py", "step", "adamw("],
    ["torch/optim/adam.py", "_multi_tensor_adam", "exp_avg_sq_sqrt = torch._foreach_sqrt(device_exp_avg_sqs)"],
  ],
  zero2: [
    ...DEEPSPEED,
    ["deepspeed/runtime/zero/stage_1_and_2.py", "step", "self._optimizer_step(i)"],
    ["deepspeed/runtime/zero/stage_1_and_2.py", "_optimizer_step", "self.optimizer.step()"],
    ["deepspeed/ops/adam/fused_adam.py", "step", "state['exp_avg'] = torch.zeros_like(p.data)"],
  ],
  zero3: [
    ...DEEPSPEED,
    ["deepspeed/runtime/zero/stage3.py", "step", "self._optimizer_step(sub_group_id)"],
    [
      "torch/optim/adam.py",
      "_init_group",
      'state["exp_avg"] = torch.zeros_like(p, memory_format=torch.preserve_format)',
    ],
  ],
  evaluate: [
    ...TRAIN,
    ["transformers/trainer.py", "_maybe_log_save_evaluate", "metrics = self._evaluate(trial, ignore_keys_for_eval)"],
    ["transformers/trainer.py", "evaluate", "output = eval_loop("],
    ["transformers/trainer.py", "prediction_step", "outputs = model(**inputs)"],
    ["transformers/models/llama/modeling_llama.py", "forward", "logits = self.lm_head(hidden_states)"],
  ],
  save: [
    ...TRAIN,
    ["transformers/trainer.py", "_save_checkpoint", "self.save_model(output_dir, _internal_call=True)"],
    ["transformers/trainer.py", "save_model", "state_dict = self.accelerator.get_state_dict(self.model)"],
  ],
  merge: [
    ["/srv/run/merge.py", "main", "model = model.merge_and_unload()"],
    [
      "peft/tuners/lora/layer.py",
      "get_delta_weight",
      "output_tensor = transpose(weight_B @ weight_A, self.fan_in_fan_out) * self.scaling",
    ],
  ],
} as const satisfies Readonly<Record<string, readonly Frame[]>>;

export type Where = keyof typeof TRACEBACKS;

/** A traceback with its error, as rank 3 of a run prints it. */
export const tracebackText = (where: Where, tried: string, allocated = "60.00 GiB"): string => {
  const frames: readonly Frame[] = TRACEBACKS[where];
  return [
    "Traceback (most recent call last):",
    ...frames.flatMap(([file, name, code]) => [`  File "/venv/lib/${file}", line 117, in ${name}`, `    ${code}`]),
    `torch.OutOfMemoryError: CUDA out of memory. Tried to allocate ${tried}. GPU 3 has a total capacity of 79.11 GiB of which 0.81 GiB is free. ` +
      `Including non-PyTorch memory, this process has 78.29 GiB memory in use. Of the allocated memory ${allocated} is allocated by PyTorch, and ` +
      "1.10 GiB is reserved by PyTorch but unallocated.",
  ]
    .map((line) => `[rank3]: ${line}`)
    .join("\n");
};
