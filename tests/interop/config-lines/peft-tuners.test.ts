import { expect, test } from "vitest";
import { type Case, changed } from "./changed.ts";

test.each<Case>([
  [
    "IA3, which has neither rank nor alpha",
    { targets: "q-v", dropout: 0.1 },
    { tuner: "ia3", dropout: 0 },
    [
      "- r=16,  # LoraConfig",
      "- lora_alpha=32,  # LoraConfig",
      "- lora_dropout=0.1,  # LoraConfig",
      '- target_modules=["q_proj", "v_proj"],  # LoraConfig',
      '+ target_modules=["q_proj", "v_proj"],  # IA3Config',
      '+ feedforward_modules=".*(down_proj|mlp.c_proj|fc2|fc_out|dense_4h_to_h)",  # IA3Config',
    ],
  ],
  [
    "LoRA-FA, which is LoRA with an optimizer of its own",
    {},
    { tuner: "lorafa" },
    [
      "+ optimizer = create_lorafa_optimizer(model, r=16, lora_alpha=32, lr=training_args.learning_rate)  # Trainer(optimizers=(optimizer, None))",
      "* From PEFT 0.16.",
    ],
  ],
  [
    "AdaLoRA, which asks for the number of steps",
    { targets: "q-v" },
    { tuner: "adalora" },
    [
      "- r=16,  # LoraConfig",
      "- lora_alpha=32,  # LoraConfig",
      '- target_modules=["q_proj", "v_proj"],  # LoraConfig',
      "+ init_r=16,  # AdaLoraConfig",
      "+ lora_alpha=32,  # AdaLoraConfig",
      '+ target_modules=["q_proj", "v_proj"],  # AdaLoraConfig',
      "+ total_step=max_steps,  # AdaLoraConfig",
      "* From PEFT 0.3.",
    ],
  ],
  [
    "OFT, whose rank is the size of its blocks",
    { targets: "q-v" },
    { tuner: "oft", r: 32 },
    [
      "- r=16,  # LoraConfig",
      "- lora_alpha=32,  # LoraConfig",
      '- target_modules=["q_proj", "v_proj"],  # LoraConfig',
      "+ oft_block_size=32,  # OFTConfig",
      '+ target_modules=["q_proj", "v_proj"],  # OFTConfig',
      "+ r=0,  # OFTConfig",
      "* From PEFT 0.16.",
    ],
  ],
  [
    "prompt tuning, which has virtual tokens and no targets",
    { targets: "q-v" },
    { tuner: "prompt_tuning", r: 20 },
    [
      "- r=16,  # LoraConfig",
      "- lora_alpha=32,  # LoraConfig",
      '- target_modules=["q_proj", "v_proj"],  # LoraConfig',
      "+ num_virtual_tokens=20,  # PromptTuningConfig",
      '+ task_type="CAUSAL_LM",  # PromptTuningConfig',
    ],
  ],
])("a change from LoRA to %s", (...[, before, patch, lines]) => expect(changed(before, patch)).toEqual(lines));
