import { describe, expect, test } from "vitest";
import { measured } from "./measured.ts";

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
