import { describe, expect, test } from "vitest";
import { saidOf, scenariosOf } from "../answered.ts";

/** Which tuner each method runs, whether with DoRA, and what is said of it. */
const ranBy = (keys: string, show = "lora,qlora"): Readonly<{ tuners: readonly string[]; said: readonly string[] }> => {
  const asked = `show=${show}&${keys}`;
  const tuners = scenariosOf(asked).flatMap(({ scenario: { method } }) =>
    method.kind === "full" ? [] : [`${method.lora.tuner ?? "lora"}${method.lora.use_dora ? " dora" : ""}`],
  );
  return { tuners, said: saidOf(asked) };
};

describe("a tuner that is not LoRA", () => {
  test.each([
    "tuner=vera",
    "tuner=vera&stack=trl",
    "tuner=vera&gpus=4&shard=fsdp2",
    "tuner=vera&method=qlora&quant=int8",
  ])("%s runs with both methods that have adapters", (keys) =>
    expect(ranBy(keys)).toEqual({ tuners: ["vera", "vera"], said: [] }),
  );

  test("is without DoRA, which is LoRA's", () =>
    expect(ranBy("tuner=vera&dora=1")).toEqual({
      tuners: ["vera", "vera"],
      said: ["dora=1 belongs to tuner=lora, and tuner is vera; dora=0 is used."],
    }));

  test.each([
    ["gpus=2&tp=2", "cannot be divided with the matrices that tp divides"],
    ["targets=q_proj,embed_tokens", "has no adapter for embed_tokens: it adapts linears alone"],
    ["stack=unsloth", "is not in this library, which has LoRA of its own"],
    ["stack=litgpt", "is not in this library, which has LoRA of its own"],
    ["stack=axolotl", "is nothing that this library has"],
    ["stack=llama-factory", "is nothing that this library has"],
    ["stack=article", "is nothing that this library has"],
  ])("gives way to LoRA beside %s, and it is said", (keys, why) => {
    const { tuners, said } = ranBy(`tuner=vera&${keys}`);
    expect(tuners).toEqual(["lora", "lora"]);
    expect(said).toContain(`tuner=vera ${why}; tuner=lora is used.`);
  });

  test("leaves QLoRA alone to LoRA on a base that PEFT has no module of it for", () => {
    const keys = "tuner=vera&method=qlora&quant=gptq";
    const why = "is not in PEFT for a base of gptq, so QLoRA goes without it";
    expect(ranBy(keys)).toEqual({ tuners: ["vera", "lora"], said: [`tuner=vera ${why}; tuner=lora is used.`] });
    expect(ranBy(keys, "lora")).toEqual({ tuners: ["vera"], said: [] });
  });

  test("is OFT with LLaMA-Factory, on a quantised base, too", () =>
    expect(ranBy("tuner=oft&stack=llama-factory")).toEqual({ tuners: ["oft", "oft"], said: [] }));

  test.each([
    ["gpus=2", "is counted on one GPU alone, with its parameters on it"],
    ["offload=all", "is counted on one GPU alone, with its parameters on it"],
    ["packing=0", "is counted for packed rows alone"],
    ["save=lm_head", "has no modules_to_save in PEFT"],
    ["model=bloom-560m", "stands before embeddings, and this model reads the ids of tokens as well"],
    ["model=gemma-3n-e2b", "stands before embeddings, and this model reads the ids of tokens as well"],
    ["stack=unsloth", "is not in this library, which has LoRA of its own"],
  ])("as a prompt gives way to LoRA beside %s, and it is said", (keys, why) => {
    const { tuners, said } = ranBy(`tuner=prompt_tuning&${keys}`);
    expect(tuners).toEqual(["lora", "lora"]);
    expect(said).toContain(`tuner=prompt_tuning ${why}; tuner=lora is used.`);
  });

  test.each(["", "targets=q-v", "targets=embed_tokens", "method=qlora&quant=gptq", "method=qlora&quant=int8"])(
    "as a prompt stands beside no module: %s",
    (keys) =>
      expect(ranBy(`tuner=prompt_tuning&${keys}`)).toEqual({ tuners: ["prompt_tuning", "prompt_tuning"], said: [] }),
  );

  test.each(["ia3", "lorafa", "oft", "adalora"])("is as %s with both methods, too", (tuner) =>
    expect(ranBy(`tuner=${tuner}`)).toEqual({ tuners: [tuner, tuner], said: [] }),
  );

  test.each(["loha", "lokr", "vblora"])("as %s leaves QLoRA to LoRA, and it is said where QLoRA is shown", (tuner) => {
    const asked = ranBy(`tuner=${tuner}&method=qlora`);
    expect(asked.tuners).toEqual([tuner, "lora"]);
    expect(asked.said).toEqual([
      `tuner=${tuner} has nothing in PEFT for a quantised base, so QLoRA goes without it; tuner=lora is used.`,
    ]);
    expect(ranBy(`tuner=${tuner}`, "lora")).toEqual({ tuners: [tuner], said: [] });
  });

  test.each(["loha", "lokr", "oft"])("as %s gives way to LoRA in GPT-2", (tuner) =>
    expect(ranBy(`tuner=${tuner}&model=gpt2`)).toEqual({
      tuners: ["lora", "lora"],
      said: [`tuner=${tuner} is not in PEFT for the Conv1D layers of GPT-2; tuner=lora is used.`],
    }),
  );

  test("as vblora gives way to LoRA where a linear is not made of whole vectors", () =>
    expect(ranBy("tuner=vblora&model=qwen2.5-0.5b")).toEqual({
      tuners: ["lora", "lora"],
      said: [
        "tuner=vblora is not in PEFT for self_attn.q_proj, whose sides are no multiples of 256; tuner=lora is used.",
      ],
    }));

  test.each(["ia3", "oft"])("as %s has no dropout of its input, and it is said", (tuner) =>
    expect(ranBy(`tuner=${tuner}&dropout=0.1`).said).toEqual([
      `dropout=0.1 is of an adapter’s input, and ${tuner} has none; dropout=0 is used.`,
    ]),
  );

  test.each(["axolotl", "transformers", "unsloth"])("is LoRA without DoRA beside fused experts: %s", (stack) =>
    expect(ranBy(`dora=1&model=qwen3-30b-a3b&stack=${stack}`)).toEqual({
      tuners: ["lora", "lora"],
      said: ["dora=1 is refused by PEFT beside adapters on fused experts; dora=0 is used."],
    }),
  );

  test.each(["targets=attention", "stack=llama-factory", "stack=transformers-4.46"])(
    "is LoRA with DoRA beside linears: %s",
    (keys) =>
      expect(ranBy(`dora=1&model=qwen3-30b-a3b&${keys}`)).toEqual({ tuners: ["lora dora", "lora dora"], said: [] }),
  );

  test("leaves dora=1 to LoRA where it gives way to it", () =>
    expect(ranBy("tuner=vera&dora=1&gpus=2&tp=2").tuners).toEqual(["lora dora", "lora dora"]));
});
