import { answerOf, answerText, listOf, numberOf, scenarioOf, unfold } from "./controls.ts";
import { expect, linkOf, test } from "./headroom.ts";

const EVERY_CONTROL = [
  "?v=1&model=qwen2.5-7b&method=qlora&show=lora,qlora&stack=trl",
  "&weights=fp32&autocast=0&quant=fp4&dq=0&kbit=fp32",
  "&r=64&alpha=32&dropout=0.05&targets=attention&dora=1&save=lm_head",
  "&batch=4&seq=4096&accum=8&packing=0&ckpt=0&attn=eager&loss=chunked&optim=adamw_bnb_8bit",
  "&alloc=expandable&lengths=uniform",
  "&eval=4&evalkeep=logits&evalmove=2&saving=sharded&resume=1&loading=device",
  "&gpu=rtx-3090&used=1.5&gpus=8&shard=zero3&offload=optimizer&tp=2&sp=1&pp=2",
].join("");

test("a link opened restores every control", async ({ page, open }) => {
  await open(EVERY_CONTROL);
  await unfold(page);
  const scenario = scenarioOf(page);
  await expect(listOf(page, "Model")).toContainText("Qwen2.5 7B");
  await expect(listOf(page, "GPU")).toContainText("RTX 3090");
  for (const [label, value] of [
    ["Batch size", "4"],
    ["Sequence length", "4,096"],
    ["LoRA rank", "64"],
    ["Alpha", "32"],
    ["Dropout", "0.05"],
    ["Gradient accumulation", "8"],
    ["How many", "8"],
    ["Tensor parallel", "2"],
    ["Context parallel", "1"],
    ["Pipeline stages", "2"],
    ["On the card already", "1.5"],
    ["Evaluation batch", "4"],
    ["Evaluation length", "4,096"],
    ["Evaluation steps on the GPU", "2"],
  ] as const)
    await expect(numberOf(page, label)).toHaveValue(value);
  for (const [question, answer] of [
    ["Target modules", "Attention"],
    ["Quantised base", "FP4"],
    ["k-bit preparation", "fp32"],
    ["Loss", "Chunked"],
    ["Attention", "Eager"],
    ["Row lengths", "Uniform"],
    ["Allocator", "Expandable"],
    ["Offload to the host", "Optimizer"],
    ["Kept of an evaluation", "Logits"],
    ["Saving", "Sharded"],
    ["Loading", "On the GPU"],
    ["Methods", "LoRA"],
    ["Methods", "QLoRA"],
    ["Modules to save", "lm_head"],
  ] as const)
    await expect(answerOf(page, question, answer)).toBeChecked();
  await expect(answerOf(page, "Methods", "Full")).not.toBeChecked();
  for (const [label, value] of [
    ["Stack", "trl"],
    ["Optimizer", "adamw_bnb_8bit"],
    ["Sharding", "zero3"],
  ] as const)
    await expect(scenario.getByRole("combobox", { name: label, exact: true })).toHaveValue(value);
  for (const label of ["Autocast", "Double quantization", "Gradient checkpointing", "Packing"])
    await expect(scenario.getByRole("checkbox", { name: label, exact: true })).not.toBeChecked();
  for (const label of ["DoRA", "Sequence parallel", "Evaluation", "Resumed run"])
    await expect(scenario.getByRole("checkbox", { name: label, exact: true })).toBeChecked();
  await expect(page.getByRole("region", { name: "Memory by method" }).getByRole("button")).toHaveCount(2);
  await expect(page.getByRole("button", { pressed: true })).toContainText("QLoRA");
});

test("what is written back is the same link, defaults left out", async ({ page, open }) => {
  await open(EVERY_CONTROL);
  await unfold(page);
  await numberOf(page, "Batch size").fill("3");
  await numberOf(page, "Batch size").press("Enter");
  await expect.poll(() => linkOf(page)["batch"]).toBe("3");
  const asked = Object.fromEntries(new URLSearchParams(EVERY_CONTROL));
  expect(linkOf(page)).toEqual({ ...asked, batch: "3" });
});

test("back and forward bring back each scenario, step by step", async ({ page, open }) => {
  await open("?v=1&r=8");
  await expect(numberOf(page, "LoRA rank")).toHaveValue("8");
  const eight = await answerText(page);
  await open("?v=1&r=64&batch=2");
  const { cards } = await answerText(page);
  await numberOf(page, "LoRA rank").fill("100");
  await numberOf(page, "LoRA rank").press("Enter");
  await expect.poll(() => linkOf(page)["r"]).toBe("100");
  await expect.poll(async () => (await answerText(page)).cards).not.toBe(cards);
  const before = await answerText(page);
  await page.goBack();
  await expect(numberOf(page, "LoRA rank")).toHaveValue("64");
  await expect.poll(async () => (await answerText(page)).cards).toBe(cards);
  await page.goBack();
  await expect(numberOf(page, "LoRA rank")).toHaveValue("8");
  await expect(numberOf(page, "Batch size")).toHaveValue("1");
  await expect.poll(() => answerText(page)).toEqual(eight);
  await page.goForward();
  await page.goForward();
  await expect(numberOf(page, "LoRA rank")).toHaveValue("100");
  await expect(numberOf(page, "Batch size")).toHaveValue("2");
  await expect.poll(() => answerText(page)).toEqual(before);
});

test("a history entry of the page itself is followed too", async ({ page, open }) => {
  await open("?v=1&r=8");
  await page.evaluate(() => history.pushState(null, "", "?v=1&r=128"));
  await page.goBack();
  await expect(numberOf(page, "LoRA rank")).toHaveValue("8");
  await page.goForward();
  await expect(numberOf(page, "LoRA rank")).toHaveValue("128");
});

test("a bad link is reported where it is seen, and repaired", async ({ page, open }) => {
  await open("?v=1&batch=-3&r=abc&ckpt=x&frobnicate=1&seq=1024");
  const report = page.getByRole("status").filter({ hasText: "in the link" });
  await expect(report).toContainText("batch = -3 (using 1)");
  await expect(report).toContainText("r = abc (using 16)");
  await expect(report).toContainText("ckpt = x (using 1)");
  await page.getByRole("button", { name: "All 4" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "frobnicate=1 is left out" })).toBeVisible();
  await expect(numberOf(page, "Sequence length")).toHaveValue("1,024");
  await expect(numberOf(page, "Batch size")).toHaveValue("1");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("GiB");
  await page.getByRole("button", { name: "Dismiss" }).click();
  await expect(report).toHaveCount(0);
  await expect.poll(() => new URL(page.url()).search).toBe("?v=1&seq=1024");
});

test("a name that is not known has no figure, and the nearest one is a press away", async ({ page, open }) => {
  await open("?v=1&model=llamma-3.1-8b&batch=2&gpu=rtx-3090");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Headroom does not know the model “llamma-3.1-8b”.");
  await expect(page.getByRole("main")).not.toContainText("GiB");
  await page.getByRole("button", { name: "Llama 3.1 8B", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("GiB");
  await expect.poll(() => new URL(page.url()).search).toBe("?v=1&batch=2&gpu=rtx-3090");
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("does not know");
});

test("no link breaks the page or puts nonsense on it", async ({ page, open }) => {
  // Eleven pages.
  test.slow();
  for (const link of [
    "?",
    "?v=99",
    "?v=1&model=&gpu=&r=&batch=",
    "?v=1&r=1e999&seq=NaN&batch=Infinity&used=-0",
    "?v=1&model=custom&params=1e30",
    "?v=1&model=custom&arch=llama.h0.f0.l0.a0.k0.d0.v0.t0",
    "?v=1&batch=99999999&seq=99999999999&gpus=0",
    "?v=1&targets=,,,&show=&only=x&lock=%00",
    `?v=1&save=${"x".repeat(5000)}`,
    "?%E0%A4%A",
    "?v=1&model=__proto__&gpu=constructor&stack=toString&optim=hasOwnProperty",
  ]) {
    await open(link);
    // The report of what was not understood quotes the link, nonsense and all.
    const report = page.getByRole("status").filter({ hasText: "in the link" });
    if ((await report.count()) > 0) await page.getByRole("button", { name: "Dismiss" }).click();
    const text = await page.getByRole("main").innerText();
    expect(text, link).not.toMatch(/NaN|Infinity|undefined|null|\[object/);
    expect(text, link).toMatch(/GiB|Not known|does not know|is named/);
  }
});

test("the title of the page follows the scenario", async ({ page, open }) => {
  await open();
  await expect(page).toHaveTitle("Headroom: will your fine-tune fit?");
  await numberOf(page, "Batch size").fill("2");
  await numberOf(page, "Batch size").press("Enter");
  await expect(page).toHaveTitle("Llama 3.1 8B, all linear r = 16, batch 2 × 2,048, on RTX 4090 · Headroom");
  await open("?v=1&model=qwen2.5-7b&gpu=rtx-3090&seq=4096");
  await expect(page).toHaveTitle("Qwen2.5 7B, all linear r = 16, batch 1 × 4,096, on RTX 3090 · Headroom");
});

test("the button of the theme says which one is painted: the link's, else the one chosen before", async ({
  page,
  open,
}) => {
  const button = page.getByRole("button", { name: /^Theme/ });
  await open("?v=1&theme=dark");
  await expect(button).toHaveText("Theme: dark");
  await open("?v=1");
  await expect(button).toHaveText("Theme: auto");
  await button.click();
  await expect(button).toHaveText("Theme: light");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await page.reload();
  await expect(button).toHaveText("Theme: light");
});

test("a theme that is chosen takes the place of the link's for good", async ({ page, open }) => {
  const button = page.getByRole("button", { name: /^Theme/ });
  await open("?v=1&seq=4096&theme=light");
  await button.click();
  await expect(button).toHaveText("Theme: dark");
  await expect(page).toHaveURL(/seq=4096$/);
  await page.reload();
  await expect(button).toHaveText("Theme: dark");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});
