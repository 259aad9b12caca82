import { describe, expect, test } from "vitest";
import { measured, partOf, scriptOf } from "./measured.ts";

describe("a measuring script", () => {
  test("says at its top what is estimated, its link, and how it starts", () => {
    const lines = scriptOf("method=qlora&batch=4").split("\n");
    expect(lines[0]).toMatch(/^# QLoRA of Llama 3\.1 8B on a GeForce RTX 4090: .* GiB needed of 23\.5, /);
    expect(lines[1]).toBe("# Counted by Headroom: ?v=1&method=qlora&batch=4");
    expect(lines).toContain(
      "# Install beside PyTorch: pip install transformers==5.24.0 peft==0.21.2 bitsandbytes accelerate",
    );
    expect(lines).toContain("# Start: python measure.py > row.json");
    expect(lines).toContain('LINK = "?v=1&method=qlora&batch=4"');
  });

  test("is in plain letters", () => {
    expect(scriptOf("method=lora&targets=q-v&dropout=0.1")).toMatch(/^[\n -~]*$/);
  });

  test("fetches nothing: the model is made from its config, by upstream names", () => {
    const script = scriptOf("model=qwen2.5-0.5b&method=full");
    expect(script).not.toMatch(/https?:|from_pretrained\("/);
    expect(partOf(script, "base_model")).toEqual([
      "def base_model():",
      '    """The model by its config, with weights drawn on the device: nothing is fetched."""',
      "    config = AutoConfig.for_model(",
      '        "qwen2",',
      expect.stringContaining("num_hidden_layers=24"),
      "        hidden_size=896,",
      "        num_attention_heads=14,",
      "        num_key_value_heads=2,",
      "        head_dim=64,",
      "        intermediate_size=4864,",
      "        vocab_size=151936,",
      "        tie_word_embeddings=True,",
      "        max_position_embeddings=32768,",
      "        qkv_bias=True,",
      "        pad_token_id=0,",
      "        use_cache=False,",
      "    )",
      "    with DEVICE:",
      "        model = AutoModelForCausalLM.from_config(config, attn_implementation=ATTENTION, dtype=DTYPE)",
      "    return model",
    ]);
  });

  test("of full fine-tuning has nothing of PEFT or bitsandbytes", () => {
    const script = scriptOf("method=full");
    expect(script.slice(0, script.indexOf("PACKAGES"))).not.toMatch(/peft|lora|bitsandbytes/i);
    expect(partOf(script, "loaded")).toEqual([
      "def loaded():",
      '    """The model as it is trained."""',
      "    base = model = base_model()",
      "    base.train()",
      '    base.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})',
      "    return model",
    ]);
  });

  test("prepares a quantised base before adapters go in, and leaves checkpoints to one line", () => {
    expect(partOf(scriptOf("method=qlora&reentrant=1"), "loaded").slice(3)).toEqual([
      "    base.train()",
      "    model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)",
      "    peft_config = LoraConfig(",
      "        r=16,",
      "        lora_alpha=32,",
      '        target_modules="all-linear",',
      '        task_type="CAUSAL_LM",',
      "    )",
      "    model = get_peft_model(model, peft_config)",
      '    base.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": True})',
      "    base.enable_input_require_grads()",
      "    return model",
    ]);
  });

  test("leaves a base unprepared where that is asked for, and gives adapters their type", () => {
    const lines = partOf(scriptOf("method=qlora&kbit=none&adapters=bf16&ckpt=0"), "loaded");
    expect(lines).toContain("    model.requires_grad_(False)");
    expect(lines).toContain("    model = get_peft_model(model, peft_config, autocast_adapter_dtype=False)");
    expect(lines).toContain("            each.data = each.data.to(torch.bfloat16)");
    expect(lines.join("\n")).not.toContain("checkpointing");
  });

  test("quantises as the base is stored", () => {
    expect(scriptOf("method=qlora&quant=fp4&dq=0")).toContain(
      "QUANTIZATION = BitsAndBytesConfig(\n    load_in_4bit=True,\n    bnb_4bit_compute_dtype=torch.bfloat16,\n)\n",
    );
    expect(scriptOf("method=qlora&quant=int8")).toContain(
      "QUANTIZATION = BitsAndBytesConfig(\n    load_in_8bit=True,\n)\n",
    );
  });

  test.each([
    ["adamw_torch", "torch.optim.AdamW(trained, lr=0.0002, weight_decay=0.0, foreach=True)"],
    ["adamw_torch_fused", "torch.optim.AdamW(trained, lr=0.0002, weight_decay=0.0, fused=True)"],
    ["sgd_momentum", "torch.optim.SGD(trained, lr=0.0002, momentum=0.9, foreach=True)"],
    ["adafactor", "Adafactor(trained, lr=0.0002, scale_parameter=False, relative_step=False)"],
    ["paged_adamw_8bit", "bitsandbytes.optim.AdamW(trained, lr=0.0002, optim_bits=8, is_paged=True)"],
  ])("has the optimizer %s as a Trainer makes it", (optim, made) => {
    const script = scriptOf(`method=full&optim=${optim}`);
    expect(partOf(script, "train")).toContain(`    optimizer = ${made}`);
    expect(script.includes("\nimport bitsandbytes\n")).toBe(optim.startsWith("paged"));
  });

  test("runs three steps, each with all its micro steps, and marks where moments end", () => {
    expect(partOf(scriptOf("method=lora&accum=4"), "train").slice(4)).toEqual([
      "    inputs = batch()",
      "    for _ in range(3):",
      "        for _ in range(4):",
      "            with torch.autocast(DEVICE.type, dtype=torch.bfloat16):",
      "                loss = model(**inputs).loss",
      '            meter.end("forward", then="backward")',
      "            loss.backward()",
      "            del loss",
      '            meter.end("backward", then="forward")',
      '        meter.doing = "step"',
      "        optimizer.step()",
      '        meter.end("step", then="zero")',
      "        optimizer.zero_grad(set_to_none=True)",
      '        meter.end("zero", then="forward")',
      "        meter.steps += 1",
    ]);
  });

  test("scales the loss in fp16, and forces the math kernel where it is asked for by name", () => {
    const lines = partOf(scriptOf("method=lora&compute=fp16&attn=math"), "train");
    expect(lines).toContain("    scaler = torch.amp.GradScaler(DEVICE.type)");
    expect(lines).toContain("    with sdpa_kernel(SDPBackend.MATH):");
    expect(lines).toContain("                scaler.scale(loss).backward()".slice(4));
    expect(lines).toContain("            scaler.step(optimizer)");
  });

  test("keeps what the model returns where a loop by hand does, and has no autocast there", () => {
    const lines = partOf(scriptOf("method=full&stack=plain"), "train").map((line) => line.trim());
    expect(lines.filter((line) => line.includes("outputs"))).toEqual([
      "outputs = model(**inputs)",
      "loss = outputs.loss",
      "del loss, outputs",
    ]);
    expect(lines.join("\n")).not.toContain("autocast");
  });

  test("pads rows and hands over a mask where a batch has more than one row", () => {
    expect(partOf(scriptOf("batch=2&packing=0"), "batch").at(-1)).toBe(
      '    return {"input_ids": ids, "attention_mask": mask, "labels": labels}',
    );
    expect(scriptOf("batch=1&packing=0")).not.toContain("attention_mask");
    expect(scriptOf("batch=2")).not.toContain("attention_mask");
  });

  test.each([
    ["attn=flash", '"flash_attention_2"'],
    ["attn=eager", '"eager"'],
    ["attn=sdpa", "None"],
    ["attn=math", "None"],
    ["", "None"],
  ])("asks for attention by name where it is not what transformers takes by itself: %s", (link, asked) => {
    expect(scriptOf(link)).toContain(`\nATTENTION = ${asked}\n`);
  });

  test("sets what is chosen of PyTorch's allocator before PyTorch is there", () => {
    const script = scriptOf("alloc=expandable");
    const line = 'os.environ.setdefault("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True")';
    expect(script.indexOf(line)).toBeGreaterThan(0);
    expect(script.indexOf(line)).toBeLessThan(script.indexOf("import torch\n"));
    expect(scriptOf("alloc=default")).not.toContain("os.environ");
  });

  test("has eager attention where transformers has no SDPA for a model", () => {
    expect(scriptOf("model=gemma-2-2b")).toContain('\nATTENTION = "eager"\n');
    expect(scriptOf("model=gemma-3-1b")).toContain("\nATTENTION = None\n");
    const named = measured("model=gemma-2-2b&attn=sdpa");
    expect(named.text).toContain('\nATTENTION = "eager"\n');
    expect(named.instead[0]).toContain("attn=sdpa raises an error in transformers");
  });

  test("says which choices it measures otherwise, as the answer does", () => {
    const { instead, text } = measured("method=qlora&tuner=vblora");
    expect(instead[0]).toContain("tuner=vblora");
    expect(text).toContain("# Chosen, and measured otherwise:");
  });
});

describe("what a script cannot measure", () => {
  test.each([
    ["gpus=2", "The script measures a run of one GPU, with nothing of it in host memory."],
    ["offload=optimizer", "The script measures a run of one GPU, with nothing of it in host memory."],
    ["stack=article", "The flat accounting of the article has no steps that could be measured: choose a library."],
    [
      "stack=transformers-4.46",
      "The script runs the code of transformers 5, which is not that of Transformers 4.46 to 4.48 + PEFT.",
    ],
    ["stack=torchtune", "The script runs the code of transformers 5, which is not that of torchtune."],
    [
      "model=internlm2-7b",
      "Models of type internlm2 run code of their own repository, and the script fetches nothing.",
    ],
    [
      "model=custom&arch=quokka.h64.f128.l2.a4.k2.d16.v256.t0",
      "Headroom does not know the architecture “quokka”. You can estimate it as a Llama with the same config fields.",
    ],
    ["model=gpt2&seq=2048&method=full", "The model has learned 1024 positions: no longer row runs."],
    [
      "lengths=uniform",
      "The script’s rows are as long in every step: what PyTorch reserves where they vary shows in hundreds of steps.",
    ],
    [
      "stack=trl",
      "The script’s loss is that of the model’s own code, over full logits: other losses are kernels or code of libraries that it does not load.",
    ],
    ["liger=1&loss=full", "The script loads no kernels of Liger or for adapters in the place of the model’s modules."],
    [
      "actoffload=1",
      "The script keeps activations on the GPU: sending them to host memory is code of libraries that it does not load.",
    ],
    ["selective=2", "The script checkpoints whole layers and all of them, as transformers does."],
    ["weights=0.5", "Weights and adapters have a type of PyTorch here: fp32, bf16 or fp16."],
    [
      "grads=bf16",
      "Gradients and optimizer states are what PyTorch makes of the trained parameters: no library of the script keeps them otherwise.",
    ],
    [
      "method=full&weights=fp16&compute=fp16",
      "PyTorch’s GradScaler refuses gradients in fp16: what is trained has to be fp32.",
    ],
    [
      "method=qlora&quant=gptq",
      "The script quantises the base with bitsandbytes: other formats are checkpoints, and it fetches none.",
    ],
    ["method=qlora&kbit=trl", "The script prepares a quantised base as PEFT does, or not at all."],
    [
      "method=qlora&model=qwen3-30b-a3b&experts=4bit",
      "The script leaves fused experts as they are loaded: packing them is code of libraries that it does not load.",
    ],
    [
      "optim=galore_adamw",
      "The optimizer galore_adamw is of a package that the script does not load: it has those of PyTorch, transformers and bitsandbytes.",
    ],
  ])("%s", (link, sentence) => {
    const { text, refused } = measured(link);
    expect(text).toBeNull();
    expect(refused).toContain(sentence);
  });

  test("is nothing where a library is chosen whose step is that of transformers", () => {
    expect(measured("stack=trl&loss=full").refused).toEqual([]);
    expect(measured("stack=plain").refused).toEqual([]);
  });

  test("is said of the method in focus alone", () => {
    expect(measured("method=lora&quant=gptq").refused).toEqual([]);
  });

  test("is nothing for the kernel that the card takes by itself", () => {
    expect(measured("gpu=t4").refused).toEqual([]);
  });
});
