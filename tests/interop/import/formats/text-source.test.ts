import { expect, test } from "vitest";
import { fieldsOf, importText, linesOf, placesOf } from "../import-text.ts";

test("flags are fields without dashes; the words before them are the command", () => {
  expect(fieldsOf("trl sft --model_name_or_path a/b --lora-r 8 --packing --bf16=true --lr 1e-4 --names q v")).toEqual({
    command: "trl sft",
    model_name_or_path: "a/b",
    lora_r: 8,
    packing: true,
    bf16: true,
    lr: "1e-4",
    names: ["q", "v"],
  });
});

test("a line goes on after a backslash, past comments, and each flag knows its own line", () => {
  const text = "#!/bin/bash\nswift sft \\\n  --model a/b \\\n  # --lora_rank 4 \\\n  --lora_rank 8\n";
  expect(fieldsOf(text)).toEqual({ command: "swift sft", model: "a/b", lora_rank: 8 });
  expect(placesOf(text)).toMatchObject({ command: 2, model: 3, lora_rank: 5 });
});

test("variables are put in, and what expr comes to; what only a run knows keeps its own words", () => {
  const text =
    "n=2\nNPROC_PER_NODE=$n swift sft --accum $(expr 16 / $n) --more $((n * 3)) --dir $(date +%s) --who ${WHO:-me}";
  expect(fieldsOf(text)).toEqual({
    command: "swift sft",
    NPROC_PER_NODE: 2,
    accum: 8,
    more: 6,
    dir: "‹date_+%s›",
    who: "me",
  });
});

test("lists of words are put in as words", () => {
  const text = 'ARGS=(\n  --nproc_per_node 4\n)\nMORE="--lora_rank 8"\ntorchrun "${ARGS[@]}" train.py $MORE';
  expect(fieldsOf(text)).toEqual({ command: "torchrun train.py", "launch.nproc_per_node": 4, lora_rank: 8 });
});

test("a launcher's flags stand apart from the script's", () => {
  expect(fieldsOf("accelerate launch --num_processes 2 --use_fsdp sft.py --num_train_epochs 3")).toEqual({
    command: "accelerate launch sft.py",
    "launch.num_processes": 2,
    "launch.use_fsdp": true,
    num_train_epochs: 3,
  });
  expect(fieldsOf("accelerate launch -m axolotl.cli.train --micro_batch_size 2")).toEqual({
    command: "accelerate launch -m axolotl.cli.train",
    micro_batch_size: 2,
  });
});

test("JSON of a flag is a section; a mark of number within a word is no comment; output goes nowhere", () => {
  expect(fieldsOf(`swift sft --kwargs '{"use_reentrant": false}' --dataset a/b#500 --x 1 2>&1 > log.txt`)).toEqual({
    command: "swift sft",
    "kwargs.use_reentrant": false,
    dataset: "a/b#500",
    x: 1,
  });
});

test("of a script the first command that trains is read", () => {
  const text = "pip install x --upgrade\nswift export --model a\nswift sft --model b\nswift infer --model c";
  expect(fieldsOf(text)).toEqual({ command: "swift sft", model: "b" });
  expect(fieldsOf("#!/bin/sh\nls --all")).toBe("-: No command in it begins a training.");
});

test("a document within a script is no command", () => {
  expect(fieldsOf("#!/bin/sh\ncat <<EOF > x\nswift sft --model no\nEOF\nswift sft --model yes")).toMatchObject({
    model: "yes",
  });
});

test("a quotation without end is refused with its line", () => {
  expect(fieldsOf("#!/bin/sh\nswift sft --model 'a\n")).toBe("2: A quotation that begins with ' does not end.");
});

test.each([
  "srun --nodes=1 --gpus-per-node 8 swift sft --model b",
  "uv run swift sft --model b",
  "poetry run swift sft --model b",
  "conda run -n own swift sft --model b",
])("%s is the command that it begins", (text) => {
  expect(fieldsOf(text)).toEqual({ command: "swift sft", model: "b" });
});

test("what is not read of a script is said: flags of what starts a command, and a second command that trains", () => {
  const text =
    "#!/bin/bash\nsrun --nodes=2 swift sft --model Qwen/Qwen3-8B\n\nswift rlhf --model Qwen/Qwen3-8B --rlhf_type dpo\n";
  expect(linesOf(importText(text))).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ at: { file: "file-1", line: 2 }, field: "started by: srun --nodes=2" }),
      expect.objectContaining({
        at: { file: "file-1", line: 4 },
        field: "another command: swift rlhf --model Qwen/Qwen3-8B --rlhf_type dpo",
        sentence: "Another command that trains: the first of the script is read.",
      }),
    ]),
  );
});

test("calls that set something of a training are fields; names that were set stand for their values", () => {
  const text = `import peft
rank = 8
lora = peft.LoraConfig(
    r=rank,
    lora_alpha=rank * 2,  # twice
    target_modules=["q_proj", "v_proj",],
    task_type=None,
)
print("r", rank)
`;
  expect(fieldsOf(text)).toEqual({
    "LoraConfig.r": 8,
    "LoraConfig.lora_alpha": 16,
    "LoraConfig.target_modules": ["q_proj", "v_proj"],
    "LoraConfig.task_type": null,
  });
  expect(placesOf(text)).toMatchObject({ "LoraConfig.r": 4, "LoraConfig.target_modules": 6 });
});

test("numbers, texts, dicts, arithmetic and conditions are read as Python has them", () => {
  const value = (code: string): unknown => {
    const fields = fieldsOf(`import x\nSFTConfig(a=${code})`);
    return typeof fields === "string" ? fields : (fields["SFTConfig.a"] ?? fields);
  };
  expect(value("1_000")).toBe(1000);
  expect(value("2e-4")).toBe(0.0002);
  expect(value("-(2 + 3) * 4 // 3")).toBe(-7);
  expect(value("2 ** 3")).toBe(8);
  expect(value("'a' \"b\"")).toBe("ab");
  expect(value('"""a\nb"""')).toBe("a\nb");
  expect(value("torch.bfloat16")).toBe("torch.bfloat16");
  expect(value("not True")).toBe(false);
  expect(value("3 if True else 4")).toBe(3);
  expect(value("[1] + [2]")).toEqual([1, 2]);
  expect(value("(1, 2)")).toEqual([1, 2]);
  expect(value("f(3)")).toBe("f(3)");
  expect(value("{'b': False}")).toEqual({ "SFTConfig.a.b": false });
});

test("arguments are expanded from dicts, and defaults of options stand for themselves", () => {
  expect(fieldsOf('import x\nkw = dict(r=4, bias="none")\nLoraConfig(**kw)')).toEqual({
    "LoraConfig.r": 4,
    "LoraConfig.bias": "none",
  });
  expect(fieldsOf('import x\ncfg = {"r": 4}\nLoraConfig(r=cfg["r"], lora_alpha=n)')).toEqual({
    "LoraConfig.r": 4,
    "LoraConfig.lora_alpha": "n",
  });
  expect(fieldsOf('import x\np.add_argument("--rank", type=int, default=8)\nLoraConfig(r=args.rank)')).toEqual({
    "LoraConfig.r": 8,
  });
});

test("arguments without a name have theirs; a kind that is called again is counted", () => {
  expect(fieldsOf('FastModel.from_pretrained("a/b", 512)\nFastModel.from_pretrained("c")')).toEqual({
    "FastModel.from_pretrained.model_name": "a/b",
    "FastModel.from_pretrained.max_seq_length": 512,
    "FastModel.from_pretrained(2).model_name": "c",
  });
});

test("comments, documents and magics are no code", () => {
  expect(
    fieldsOf('import x\n# LoraConfig(r=1)\n"""LoraConfig(r=2)"""\n!pip install LoraConfig(r=3\nLoraConfig(r=4)'),
  ).toEqual({ "LoraConfig.r": 4 });
});

test("code that breaks off is refused with the line", () => {
  expect(fieldsOf("import x\nLoraConfig(r=8,")).toBe("2: A bracket ( is not closed.");
  expect(fieldsOf("import x\nLoraConfig(r=8]")).toBe("2: A bracket ] closes none.");
  expect(fieldsOf('import x\ny = """abc')).toBe('2: A text that begins with """ does not end.');
  expect(fieldsOf("import x\nprint(1)")).toBe("-: No call in this code sets anything of a training.");
});

test("a notebook's cells are one code, with the lines of the notebook; cells of other languages are none", () => {
  const cell = (cell_type: string, source: string) => ({ cell_type, source: source.split(/(?<=\n)/) });
  const cells = [
    cell("markdown", "LoraConfig(r=1)"),
    cell("code", "%%bash\nLoraConfig(r=2)"),
    cell("code", "!curl -d '{\nx }"),
    cell("code", "rank = 8\n"),
    cell("code", "LoraConfig(\n  r = rank)"),
  ];
  const text = JSON.stringify({ cells }, null, 1);
  expect(fieldsOf(text)).toEqual({ "LoraConfig.r": 8 });
  const line = text.split("\n").findIndex((each) => each.includes("r = rank")) + 1;
  expect(placesOf(text)).toEqual({ "LoraConfig.r": line });
});

test("what is set on a config's name is an argument of its call; on a name that only a run knows it is said", () => {
  const own = "import x\nargs = SFTConfig(bf16=False, packing=True)\nargs.bf16 = True\nargs.max_length = 512\n";
  expect(fieldsOf(own)).toEqual({ "SFTConfig.packing": true, "SFTConfig.bf16": true, "SFTConfig.max_length": 512 });
  const parsed = "import x\nSFTConfig()\n(training_args,) = parser.parse()\ntraining_args.bf16 = True\n";
  expect(linesOf(importText(parsed))).toContainEqual(
    expect.objectContaining({ at: { file: "file-1", line: 4 }, field: "training_args.bf16: true" }),
  );
});
