import { expect, test } from "vitest";
import { fieldsOf, importText, linesOf, placesOf } from "../import-text.ts";

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
