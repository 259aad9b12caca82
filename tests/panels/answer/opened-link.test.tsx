import { act, cleanup, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { Embed } from "#app/Embed.tsx";
import { AnswerNotes } from "#panels/answer/AnswerNotes.tsx";
import { Fits } from "#panels/advice/Fits.tsx";
import { TopChange } from "#panels/advice/TopChange.tsx";
import { Bars } from "#panels/answer/Bars.tsx";
import { Cards } from "#panels/answer/Cards.tsx";
import { focusedMethod } from "#scenario/choices/answer.ts";
import { LinkIssues } from "#panels/answer/LinkIssues.tsx";
import { PeakTable } from "#panels/answer/PeakTable.tsx";
import { useSettledAnswer } from "#panels/answer/use-settled-answer.ts";
import { Verdict } from "#panels/answer/Verdict.tsx";
import { CountedAs, GpuControl } from "#panels/scenario/GpuControl.tsx";
import { ObjectiveControls } from "#panels/scenario/ObjectiveControls.tsx";
import { SequenceControl } from "#panels/scenario/BasicControls.tsx";
import { StackControls } from "#panels/scenario/StackControls.tsx";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { openLink } from "#scenario/page/open-link.ts";
import { useScenario } from "#scenario/page/store.ts";

// What a link says, in the parts of the page that say it. The whole page is opened in tests/e2e.

beforeEach(() => {
  // Bars have a width to be drawn in.
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 1032, 270));
});

/** Parts of the page that a link opens, in the place of those before. */
const open = async (search: string, parts: ReactElement): Promise<void> => {
  cleanup();
  await act(() => openLink(search));
  await act(async () => {
    render(parts);
  });
};

const cards = (): HTMLElement => screen.getByRole("region", { name: "Memory by method" });
const focused = (): HTMLElement => within(cards()).getByRole("button", { pressed: true });
const link = (): string => encodeLink(useScenario.getState().choices);
const Matrix = (): ReactElement | null => {
  const answer = useSettledAnswer();
  const focus = focusedMethod(answer);
  return focus === null ? null : <Fits answer={answer} focus={focus} />;
};

const T4 = "?v=1&model=llama-3.2-1b&gpu=t4&seq=8192&loss=fused";

test("what a T4 runs is what page and embed count: fp16 and math attention, which keeps all scores", async () => {
  const page = (
    <>
      <CountedAs />
      <Cards />
    </>
  );
  for (const [search, parts] of [
    [T4, page],
    [`${T4}&embed=1`, <Embed key="embed" />],
  ] as const) {
    await open(search, parts);
    expect(focused()).toHaveTextContent("35.7");
    expect(focused()).toHaveTextContent("Does not fit");
    expect(document.body).toHaveTextContent("Counted as a T4 runs it: fp16, math attention");
  }
});

test("attention that a T4 has no kernel for never fits: on the cards, in the verdict, in the matrix, in the embed", async () => {
  const search = `${T4}&attn=flash`;
  await open(
    search,
    <>
      <Verdict />
      <Cards />
      <Matrix />
    </>,
  );
  expect(focused()).toHaveTextContent("Cannot run");
  expect(focused()).toHaveTextContent("no flash kernel");
  expect(screen.getByRole("region", { name: "Verdict" })).toHaveTextContent("cannot run on a T4: no flash kernel");
  expect(within(await screen.findByRole("table")).getAllByText("Cannot run").length).toBeGreaterThan(0);
  await open(`${search}&embed=1`, <Embed />);
  expect(focused()).toHaveTextContent("Cannot run");
  expect(screen.getByText("LoRA cannot run on a T4: no flash kernel.")).toBeVisible();
});

test("one press takes back what was chosen against the card", async () => {
  await open(
    `${T4}&attn=flash`,
    <>
      <Cards />
      <TopChange />
    </>,
  );
  expect(await screen.findByText(/Choose what it runs/)).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Apply" }));
  expect(focused()).toHaveTextContent("35.7");
  expect(link()).not.toContain("attn=");
});

test("a 0.5B model with fp32 upcast takes more as QLoRA than as LoRA, and the page says why", async () => {
  const parts = (
    <>
      <TopChange />
      <AnswerNotes />
    </>
  );
  await open("?v=1&model=qwen2.5-0.5b&kbit=fp32", parts);
  expect(await screen.findByText(/QLoRA takes .* more than LoRA here: k-bit prep/)).toBeVisible();
  expect(screen.getByText(/^QLoRA against LoRA: .*k-bit preparation \(fp32\)/)).toBeVisible();
  await open("?v=1&model=qwen2.5-0.5b&kbit=none", parts);
  expect(await screen.findByRole("region", { name: "What to change first" })).toBeVisible();
  expect(screen.queryByText(/QLoRA takes/)).toBeNull();
});

test("QLoRA of a mixture of experts says which experts stay in 16 bits, and a library that packs them takes a quarter", async () => {
  await open(
    "?v=1&model=qwen3-30b-a3b&method=qlora&show=qlora&stack=trl&gpu=h100-sxm&targets=attention",
    <>
      <Cards />
      <AnswerNotes />
      <StackControls />
    </>,
  );
  expect(
    await screen.findByText(/QLoRA: the experts are not quantised \(54\.0\sGiB of the 55\.6\sGiB of base weights\)/),
  ).toBeVisible();
  expect(cards()).toHaveTextContent(/57\.\d\s*GiB needed/);
  await userEvent.selectOptions(screen.getByRole("combobox", { name: "Stack" }), "unsloth");
  expect(cards()).toHaveTextContent(/1\d\.\d\s*GiB needed/);
  expect(screen.queryByText(/the experts are not quantised/)).toBeNull();
});

test("the stacks stand in three groups: current, older versions, accounting", async () => {
  await open("?v=1&stack=trl-0.13", <StackControls />);
  const stack = screen.getByRole("combobox", { name: "Stack" });
  expect(stack).toHaveValue("trl-0.13");
  const groups = [...stack.querySelectorAll("optgroup")];
  expect(groups.map(({ label }) => label)).toEqual(["Current", "Older versions", "Accounting"]);
  const [current, older, accounting] = groups.map((group) => [...group.children].map(({ textContent }) => textContent));
  expect(current).toEqual(expect.arrayContaining(["Transformers + PEFT", "TRL", "Unsloth", "LLaMA-Factory"]));
  expect(older).toEqual(expect.arrayContaining(["Transformers up to 4.45 + PEFT", "TRL 0.13"]));
  expect(accounting).toEqual(["Article: 12 bytes per parameter"]);
  expect([...stack.children].filter(({ nodeName }) => nodeName === "OPTION")).toEqual([]);
});

test("vLLM's share stands behind each bar, and sleep mode takes it out of the step", async () => {
  await open(
    "?v=1&objective=grpo&gpu=h100-sxm&engine=vllm-colocate&batch=4",
    <>
      <Verdict />
      <Cards />
      <Bars />
      <ObjectiveControls />
    </>,
  );
  expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent(/^GRPO on an H100 beside vLLM: /);
  expect(screen.getAllByText("vLLM, reserved")).toHaveLength(3);
  expect(focused()).toHaveTextContent("+ 23.7 reserved by vLLM");
  await userEvent.click(await screen.findByRole("checkbox", { name: "Sleep mode" }));
  expect(screen.queryByText("vLLM, reserved")).toBeNull();
});

test("prompt and completion add up to the sequence, in the link too", async () => {
  await open(
    "?v=1&objective=kto&prompt=300&completion=500",
    <>
      <SequenceControl />
      <ObjectiveControls />
    </>,
  );
  const number = (name: string): HTMLElement => screen.getByRole("spinbutton", { name });
  expect(number("Prompt, tokens")).toHaveValue("300");
  expect(number("Sequence length")).toHaveValue("800");
  await userEvent.clear(number("Completion, tokens"));
  await userEvent.type(number("Completion, tokens"), "200{Enter}");
  expect(number("Sequence length")).toHaveValue("500");
  expect(new URLSearchParams(link()).get("prompt")).toBe("300");
});

test("a link to a card that no list shows first is answered with that card", async () => {
  for (const [gpu, name, usable] of [
    ["v100-16gb", "V100 16GB", "15.8"],
    ["h100-mig-1g-10gb", "H100 1g.10gb", "9.6"],
  ] as const) {
    await open(
      `?v=1&model=llama-3.2-1b&gpu=${gpu}`,
      <>
        <GpuControl />
        <Verdict />
        <PeakTable />
      </>,
    );
    expect(screen.getByRole("button", { name: /^GPU\b/ })).toHaveTextContent(name);
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent(name);
    expect(screen.getByRole("table")).toHaveTextContent(`Compared with ${usable} usable`);
  }
});

test("what is wrong with a further scenario is reported under its letter", async () => {
  await open("?v=1&b=r:5000", <LinkIssues />);
  expect(screen.getByRole("status")).toHaveTextContent("b.r = 5000 (using 1,024)");
});

test("all that is wrong with a link is listed by its name, what decides most of the answer first", async () => {
  await open("?v=1&theme=pink&foo=1&targets=zzz&r=5000&quant=fp4&seq=abc&batch=-3", <LinkIssues />);
  expect(screen.getByRole("status")).toHaveTextContent(
    /^7 values in the link were not understood: Sequence length seq = abc \(using 2,048\), Batch size batch = -3 \(using 1\), Quantised base quant = fp4 \(using NF4\), and 4 more\.$/,
  );
  await userEvent.click(screen.getByRole("button", { name: "All 7" }));
  expect(screen.getAllByRole("listitem").map(({ textContent }) => textContent.trim())).toEqual([
    "Sequence length seq=abc is not a number; 2,048 is used.",
    "Batch size batch=-3 is below 1; 1 is used.",
    expect.stringMatching(/^Quantised base quant=fp4 belongs to method=qlora.*; NF4 is used\.$/),
    "LoRA rank r=5000 is above 1024; 1,024 is used.",
    expect.stringMatching(/^Target modules targets=zzz .*; All linear is used\.$/),
    "Theme theme=pink is none of light, dark, auto; auto is used.",
    "foo=1 is left out: links have no key foo.",
  ]);
});

test("an embed draws the moment that its cards are of, and has no run", async () => {
  await open("?v=1&embed=1&gpu=h100-sxm&objective=grpo&batch=1&accum=64&seq=8192&show=lora&method=lora", <Embed />);
  const over = within(cards()).getByText(/^[\d.]+\sGiB over, in generation$/);
  const [words = ""] = over.textContent.replaceAll("\u00a0", " ").split(",");
  expect(words).toMatch(/GiB over$/);
  expect(screen.getByRole("figure")).toHaveTextContent(words);
  expect(document.getElementById("run")).toBeNull();
});
