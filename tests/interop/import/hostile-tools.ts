/** A file of a tool that Headroom does not read, with what the refusal must name. All of it is made up for the test. */
export type HostileFile = Readonly<{ name: string; text: string; says: string }>;

const file = (name: string, text: string, says: string): HostileFile => ({ name, text, says });

const python = (lines: string): string => `import torch\n${lines}\n`;

const trained = (load: string): string =>
  python(
    `from transformers import Trainer, TrainingArguments\nmodel = ${load}\nTrainer(model=model, args=TrainingArguments("out", per_device_train_batch_size=4)).train()`,
  );

const notebook = (...cells: readonly string[]): string =>
  JSON.stringify({
    nbformat: 4,
    cells: cells.map((source) => ({ cell_type: "code", source: source.split(/(?<=\n)/) })),
  });

const OPEN_RLHF =
  "deepspeed --module openrlhf.cli.train_sft --pretrain meta-llama/Llama-3.1-8B --zero_stage 3 --micro_train_batch_size 2 --max_len 2048";

const TOOLS: readonly HostileFile[] = [
  file(
    "rlhf.sh",
    "python3 -m openrlhf.cli.train_ppo_ray --pretrain meta-llama/Llama-3.1-8B --zero_stage 3 --train_batch_size 128 --bf16",
    "OpenRLHF",
  ),
  file("sft.sh", `#!/bin/bash\nset -x\n${OPEN_RLHF}\n`, "OpenRLHF"),
  file(
    "dpo.sh",
    "read -r -d '' c <<EOF\nopenrlhf.cli.train_dpo --pretrain a/b --zero_stage 2\nEOF\ndeepspeed --module $c",
    "OpenRLHF",
  ),
  file(
    "ray.sh",
    `ray job submit --address="http://127.0.0.1:8265" \\\n  -- python3 -m openrlhf.cli.train_ppo_ray \\\n  --actor_num_gpus_per_node 8`,
    "OpenRLHF",
  ),
  file(
    "rm.ipynb",
    notebook("!pip install openrlhf", "!deepspeed --module openrlhf.cli.train_rm --zero_stage 3"),
    "OpenRLHF",
  ),
  file("job.yaml", `steps:\n  - name: train\n    run: |\n      ${OPEN_RLHF}\n`, "OpenRLHF"),
  file("two.sh", `${OPEN_RLHF}\n${OPEN_RLHF.replace("train_sft", "train_rm")}\n`, "OpenRLHF"),
  file(
    "grpo.sh",
    "python3 -m verl.trainer.main_ppo algorithm.adv_estimator=grpo data.train_batch_size=1024 actor_rollout_ref.model.path=Qwen/Qwen3-8B",
    "verl",
  ),
  file(
    "fsdp.sh",
    "torchrun --nproc_per_node=8 -m verl.trainer.fsdp_sft_trainer model.partial_pretrain=Qwen/Qwen3-8B",
    "verl",
  ),
  file("ppo.yaml", "data:\n  train_batch_size: 64\nactor_rollout_ref:\n  model:\n    path: Qwen/Qwen3-8B\n", "verl"),
  file("bash.ipynb", notebook("%%bash\npython -m verl.trainer.main_ppo \\\n  trainer.n_gpus_per_node=8"), "verl"),
  file("auto.sh", "automodel finetune llm -c llama3_2_1b_squad.yaml --nproc-per-node 8", "NeMo AutoModel"),
  file(
    "auto.yaml",
    "model:\n  _target_: nemo_automodel.NeMoAutoModelForCausalLM.from_pretrained\n  pretrained_model_name_or_path: Qwen/Qwen3-8B\n",
    "NeMo AutoModel",
  ),
  file("nemo.sh", "nemo llm finetune --factory llama3_8b trainer.devices=8", "NeMo"),
  file("nemo.yaml", "recipe:\n  _target_: nemo.collections.llm.finetune\ntrainer:\n  devices: 8\n", "NeMo"),
  file(
    "swift.sh",
    "NPROC_PER_NODE=8 megatron sft --model Qwen/Qwen3-8B --tensor_model_parallel_size 4",
    "Megatron-SWIFT",
  ),
  file(
    "gpt.sh",
    "torchrun --nproc_per_node 8 pretrain_gpt.py --tensor-model-parallel-size 2 --num-layers 32 --micro-batch-size 1",
    "Megatron-LM",
  ),
  file(
    "bridge.py",
    python("from megatron.bridge import AutoBridge\nAutoBridge.from_hf_pretrained('Qwen/Qwen3-8B')"),
    "Megatron-Bridge",
  ),
  file("mlx.sh", "mlx_lm.lora --model meta-llama/Llama-3.1-8B --train --batch-size 4 --max-seq-length 2048", "MLX"),
  file("mlx2.sh", "python -m mlx_lm lora --model meta-llama/Llama-3.1-8B --train --iters 600", "MLX"),
  file(
    "mlx.yaml",
    "model: meta-llama/Llama-3.1-8B\ntrain: true\nfine_tune_type: lora\nbatch_size: 4\nlora_parameters:\n  rank: 8\n",
    "MLX",
  ),
  file(
    "kube.yaml",
    "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: mine\n      command:\n        - python\n        - -m\n        - mlx_lm.lora\n",
    "MLX",
  ),
  file(
    "kaito.yaml",
    "apiVersion: kaito.sh/v1beta1\nkind: Workspace\ntuning:\n  preset:\n    name: phi-3-mini-128k-instruct\n  method: qlora\n",
    "kaito",
  ),
  file(
    "embed.py",
    python(
      'from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments\nmodel = SentenceTransformer("BAAI/bge-base-en-v1.5")\nargs = SentenceTransformerTrainingArguments("out", per_device_train_batch_size=1024)\nSentenceTransformerTrainer(model=model, args=args).train()',
    ),
    "sentence-transformers",
  ),
  file(
    "rerank.py",
    python('from sentence_transformers import CrossEncoder\nmodel = CrossEncoder("BAAI/bge-base-en-v1.5")'),
    "sentence-transformers",
  ),
  file(
    "fast.py",
    python('from unsloth import FastSentenceTransformer\nm = FastSentenceTransformer.from_pretrained("BAAI/bge-m3")'),
    "sentence-transformers",
  ),
  file(
    "paint.sh",
    "accelerate launch train_text_to_image_lora.py --train_batch_size=1 --resolution=512 --rank=4",
    "diffusers",
  ),
  file(
    "flux.sh",
    "accelerate launch train_dreambooth_lora_flux.py --pretrained_model_name_or_path=$M --rank=16",
    "diffusers",
  ),
  file("sd.py", trained('StableDiffusionPipeline.from_pretrained("own/sd").unet'), "diffusers"),
  file("flux.py", trained('FluxPipeline.from_pretrained("own/flux").transformer'), "diffusers"),
  file(
    "ppo.sh",
    "accelerate launch examples/scripts/ppo/ppo.py --model_name_or_path Qwen/Qwen3-8B --num_ppo_epochs 1",
    "PPO",
  ),
  file("trl.sh", "trl ppo --model_name_or_path Qwen/Qwen3-8B --output_dir out", "PPO"),
  file(
    "value.py",
    python('from trl import PPOConfig, PPOTrainer\nPPOTrainer(args=PPOConfig("out"), model=model)'),
    "PPO",
  ),
  file(
    "vlm.sh",
    "accelerate launch --config_file deepspeed_zero3.yaml examples/scripts/sft_vlm_gemma3.py --model_name_or_path google/gemma-3-4b-it --use_peft",
    "sft_vlm_gemma3.py",
  ),
  file("glue.sh", "python run_glue.py --model_name_or_path meta-llama/Llama-3.1-8B --output_dir out", "run_glue.py"),
];

/** Classes of models other than causal language models. */
const CLASSES =
  `AutoModelForSequenceClassification AutoModelForTokenClassification AutoModelForQuestionAnswering AutoModelForMaskedLM AutoModelForSeq2SeqLM
AutoModelForMultipleChoice AutoModelForSpeechSeq2Seq AutoModelForCTC AutoModelForVision2Seq AutoModelForImageTextToText AutoModelForAudioClassification
AutoModelForImageClassification AutoModelForNextSentencePrediction AutoModelForSomethingNew LlamaForSequenceClassification BertForMaskedLM
T5ForConditionalGeneration Qwen2_5_VLForConditionalGeneration Qwen3VLForConditionalGeneration MllamaForConditionalGeneration
PaliGemmaForConditionalGeneration Gemma3ForConditionalGeneration WhisperForConditionalGeneration Wav2Vec2ForCTC
FastVisionModel`.split(/\s+/);

const OF_CLASSES: readonly HostileFile[] = CLASSES.map((name) =>
  file(`${name}.py`, trained(`${name}.from_pretrained("meta-llama/Llama-3.1-8B", num_labels=5)`), name),
);

/** A class in a script of TRL, in a notebook, and as Unsloth takes it. */
const ELSEWHERE: readonly HostileFile[] = [
  file(
    "guide.py",
    python(
      'from trl import SFTConfig, SFTTrainer\nmodel = AutoModelForImageTextToText.from_pretrained(\n    "google/gemma-3-4b-it", dtype="bfloat16")\nSFTTrainer(model=model, args=SFTConfig(max_length=None)).train()',
    ),
    "AutoModelForImageTextToText",
  ),
  file(
    "cells.ipynb",
    notebook(
      "import torch\n",
      'model = transformers.AutoModelForSequenceClassification.from_pretrained("a/b")\nTrainer(model)\n',
    ),
    "AutoModelForSequenceClassification",
  ),
  file(
    "whisper.py",
    python(
      'from unsloth import FastModel\nm, t = FastModel.from_pretrained("own/w", auto_model = WhisperForConditionalGeneration)',
    ),
    "WhisperForConditionalGeneration",
  ),
  file(
    "labels.py",
    python(
      'model = AutoModelForSequenceClassification.from_pretrained("Qwen/Qwen3-0.6B", num_labels=5)\nRewardTrainer(model=model, args=RewardConfig("out"))',
    ),
    "AutoModelForSequenceClassification",
  ),
];

export const HOSTILE_FILES: readonly HostileFile[] = [...TOOLS, ...OF_CLASSES, ...ELSEWHERE];
