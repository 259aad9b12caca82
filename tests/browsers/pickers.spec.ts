import { eventually, expect, test, type Person } from "./headroom.ts";

const optionsOf = (person: Person): Promise<readonly string[]> =>
  person.tab.run(() => driven.all("[role=option]").map(({ textContent }) => driven.oneLine(textContent)), null);

const focused = (person: Person): Promise<string> =>
  person.tab.run(() => (document.activeElement === null ? "" : driven.nameOf(document.activeElement)), null);

test("the models: opened by a click, searched, chosen by keys; Escape gives the focus back", async ({ person }) => {
  await person.open();
  await person.click(["aside button", "^Model"]);
  await eventually(
    () => focused(person),
    (name) => name === "Search: Model",
  );
  await person.type("qwen 7b");
  const options = await eventually(
    () => optionsOf(person),
    ([first = ""]) => /qwen.*7b/i.test(first),
  );
  await person.press("Escape");
  await eventually(
    () => focused(person),
    (name) => name.startsWith("Model"),
  );
  expect(await person.link()).toBe("");
  // Typing on the closed list opens it.
  await person.type("smollm");
  const found = await eventually(
    () => optionsOf(person),
    ([first = ""]) => /smollm/i.test(first),
  );
  await person.press("ArrowDown", "Enter");
  await eventually(
    () => person.link(),
    (link) => link.includes("model=smollm"),
  );
  await person.same([options.length, found[0]?.startsWith("SmolLM"), await person.link()]);
});

test("the GPUs: opened by a click, chosen by a click", async ({ person }) => {
  await person.open();
  await person.click(["aside button", "^GPU"]);
  await eventually(
    () => focused(person),
    (name) => name === "Search: GPU",
  );
  await person.type("h200");
  const options = await eventually(
    () => optionsOf(person),
    ([first = ""]) => /H200/.test(first),
  );
  await person.click(["[role=option]", "H200"]);
  await eventually(
    () => person.link(),
    (link) => link.includes("gpu=h200"),
  );
  await eventually(
    () => person.text("#verdict h1"),
    (verdict) => verdict.includes("H200"),
  );
  await person.same([options, await person.link(), await person.text("#verdict h1")]);
});

test("the box reads a file that is typed into it, and goes with Escape", async ({ person }) => {
  await person.open();
  await person.click(["aside button", "^Paste or drop"]);
  await eventually(
    () => person.tab.run(() => document.activeElement?.nodeName ?? "", null),
    (name) => name === "TEXTAREA",
  );
  await person.type(
    '{"model_type":"llama","hidden_size":2048,"num_hidden_layers":16,"num_attention_heads":32,"num_key_value_heads":8,"intermediate_size":8192,"vocab_size":128256}',
  );
  await person.click(["[role=dialog] button, dialog button", "^Read$"]);
  await eventually(
    () => person.link(),
    (link) => link.includes("model=custom"),
  );
  const box = await eventually(
    () => person.text("[role=dialog], dialog"),
    (text) => text.includes("GiB") && !text.includes("Counting"),
  );
  await person.press("Escape");
  await eventually(
    () => person.text("[role=dialog], dialog"),
    (text) => text === "",
  );
  await person.same([await person.link(), box]);
});

test("chips, steppers, switches and selects by pointer and by keys", async ({ person }) => {
  await person.open();
  await person.click(["aside input", "^Attention$"]);
  await eventually(
    () => person.link(),
    (link) => link.endsWith("targets=attention"),
  );
  await person.press("ArrowRight");
  const byKey = await eventually(
    () => person.link(),
    (link) => !link.endsWith("targets=attention"),
  );
  await person.click(["aside button", "^More: How many"]);
  await eventually(
    () => person.link(),
    (link) => link.includes("gpus=2"),
  );
  await person.press("Control+z");
  await eventually(
    () => person.link(),
    (link) => link === byKey,
  );
  await person.click(["aside button", "^Training (?!for)"]);
  await person.click(["aside [role=switch], aside input[type=checkbox]", "^Gradient checkpointing"]);
  await eventually(
    () => person.link(),
    (link) => link.includes("ckpt=0"),
  );
  await person.same([byKey, await person.link(), await person.text("#verdict h1")]);
});
