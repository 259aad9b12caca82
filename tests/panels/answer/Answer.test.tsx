import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TERM_IDS } from "#calc/model/terms.ts";
import { TERM_STYLE } from "#charts/term-style.tsx";
import { formatGib } from "#format/bytes.ts";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { Bars } from "#panels/answer/Bars.tsx";
import { Cards } from "#panels/answer/Cards.tsx";
import { Computed } from "#panels/answer/Computed.tsx";
import { LinkIssues } from "#panels/answer/LinkIssues.tsx";
import { Margins } from "#panels/answer/Margins.tsx";
import { PeakTable } from "#panels/answer/PeakTable.tsx";
import { selectTerm } from "#panels/answer/selection.ts";
import { Verdict } from "#panels/answer/Verdict.tsx";
import { changeChoices } from "#scenario/page/actions.ts";
import { followPrinting } from "#app/startup-tasks.ts";
import { openLink } from "#scenario/page/open-link.ts";
import { useScenario } from "#scenario/page/store.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { AlwaysNear } from "./always-near.ts";

const answer = (): ReturnType<typeof toAnswer> => toAnswer(useScenario.getState().choices, POPULAR_CATALOG);

const pass = (milliseconds: number): void =>
  act(() => {
    vi.advanceTimersByTime(milliseconds);
  });

afterEach(() => {
  vi.useRealTimers();
});

beforeEach(() => {
  useScenario.setState(useScenario.getInitialState(), true);
  selectTerm(null);
});

describe("the verdict on the page", () => {
  test("is the page's first heading and names the card", () => {
    render(<Verdict />);
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent(/^On an RTX 4090, .*\. .*\.$/);
  });

  test("is read aloud once a change has stood still, not at every step of a slider", () => {
    vi.useFakeTimers();
    render(<Verdict />);
    const spoken = screen.getByRole("status");
    pass(2000);
    expect(spoken).toBeEmptyDOMElement();
    for (const seq of [1024, 4096, 8192]) {
      act(() => changeChoices({ seq }));
      pass(200);
      expect(spoken).toBeEmptyDOMElement();
    }
    pass(900);
    expect(spoken).toHaveTextContent(
      screen.getByRole("heading", { level: 1 }).textContent.replaceAll("\u00a0", " ").trim(),
    );
  });
});

describe("the cards", () => {
  test("show what each method needs, whether that fits, and what is seen of it or what holds it", () => {
    render(<Cards />);
    const cards = screen.getAllByRole("button");
    expect(cards).toHaveLength(3);
    for (const [index, { estimate, card }] of answer().methods.entries()) {
      expect(cards[index]).toHaveTextContent(`${formatGib(estimate.onCardBytes)} GiB needed`);
      expect(cards[index]).toHaveTextContent(
        card.fit === "over" ? /Fits on 1 × [A-Z0-9]+/ : /nvidia-smi may show up to [\d.]+$/,
      );
      expect(cards[index]).toHaveTextContent(
        card.fit === "over" ? /Does not fit.*GiB over/ : /(Fits|May not fit).*GiB free/,
      );
    }
  });

  test("never say more than the card has: PyTorch gives back before it fails", () => {
    // By the rule, which does not know the card.
    changeChoices({ gpus: 2, shard: "zero3", method: "lora", show: ["lora"] });
    const [lora] = answer().methods;
    if (lora === undefined) throw new Error("LoRA is shown");
    changeChoices({ gpu: { kind: "custom", memoryBytes: 1.05 * lora.estimate.onCardBytes, unit: "GiB" } });
    render(<Cards />);
    const { gpu } = answer();
    expect(lora.estimate.onCardRangeBytes[1]).toBeGreaterThan(gpu.usableBytes);
    expect(screen.getByRole("button")).toHaveTextContent(`nvidia-smi may show up to ${formatGib(gpu.usableBytes)}`);
  });

  test("name no tool where the card is not NVIDIA's", () => {
    changeChoices({ gpu: { kind: "catalog", id: "mi300x" } });
    render(<Cards />);
    for (const card of screen.getAllByRole("button")) expect(card).toHaveTextContent(/May take up to [\d.]+$/);
  });

  test("a click puts a method in focus", async () => {
    const user = userEvent.setup();
    render(<Cards />);
    expect(screen.getByRole("button", { name: /^LoRA/ })).toHaveAttribute("aria-pressed", "true");
    await user.click(screen.getByRole("button", { name: /^QLoRA/ }));
    expect(useScenario.getState().choices.method).toBe("qlora");
    expect(screen.getByRole("button", { name: /^LoRA/ })).toHaveAttribute("aria-pressed", "false");
  });

  test("show one method when one is chosen", () => {
    changeChoices({ show: ["qlora"] });
    render(<Cards />);
    expect(screen.getAllByRole("button")).toHaveLength(1);
    expect(screen.getByRole("button")).toHaveAttribute("aria-pressed", "true");
  });
});

describe("the margins on the sheet's edge", () => {
  test("are signed numbers for the eye and whole words for the ear", () => {
    render(<Margins />);
    const full = screen.getAllByRole("listitem")[0];
    expect(full).toHaveTextContent(/^Full[−+][\d.]+(Fits|May not fit|Does not fit), [\d.]+ GiB (over|free)$/);
  });
});

describe("how it is computed", () => {
  // Its terms are drawn when they come near the window.
  beforeEach(() => vi.stubGlobal("IntersectionObserver", AlwaysNear));
  afterEach(() => vi.unstubAllGlobals());

  test("opens the formula that the table is asked for, with names, numbers and bytes", async () => {
    const user = userEvent.setup();
    render(
      <>
        <PeakTable />
        <Computed />
      </>,
    );
    const list = within(screen.getByRole("region", { name: /^How it is computed/ }));
    const weights = list.getByRole("button", { name: /^Base weights/ });
    expect(weights).toHaveAttribute("aria-expanded", "false");
    await user.click(
      within(screen.getByRole("table", { name: /^Each part/ })).getByRole("button", { name: "Base weights" }),
    );
    expect(weights).toHaveAttribute("aria-expanded", "true");
    expect(weights).toHaveFocus();
    const lora = answer().methods.find(({ method }) => method === "lora");
    const bytes = lora?.estimate.terms[0]?.bytes.toLocaleString("en-US") ?? "none";
    expect(list.getByText(new RegExp(`= ${bytes} B =`))).toBeVisible();
  });

  test("a small term that is asked for opens the fold that hides it", async () => {
    const user = userEvent.setup();
    render(
      <>
        <PeakTable />
        <Computed />
      </>,
    );
    await user.click(
      within(screen.getByRole("table", { name: /^Each part/ })).getByRole("button", { name: "Adapters" }),
    );
    const list = within(screen.getByRole("region", { name: /^How it is computed/ }));
    expect(list.getByRole("button", { name: /^Adapters/ })).toHaveAttribute("aria-expanded", "true");
  });

  test("the terms that it lists are all eight", async () => {
    const user = userEvent.setup();
    render(<Computed />);
    await user.click(screen.getByRole("button", { name: /smaller component/ }));
    for (const id of TERM_IDS)
      expect(screen.getByRole("button", { name: new RegExp(`^${TERM_STYLE[id].label}`) })).toBeVisible();
  });

  test("says the range of what is on the card", () => {
    render(<Computed />);
    const [low, high] = answer().methods[1]?.estimate.onCardRangeBytes ?? [0, 0];
    expect(screen.getByText(new RegExp(`${formatGib(low)} GiB to ${formatGib(high)} GiB`))).toBeVisible();
  });

  test("a rule of thumb is not called what PyTorch says", () => {
    changeChoices({ stack: "article" });
    render(<Computed />);
    expect(screen.getByText(/Here the sum of a flat rule of thumb/)).toBeVisible();
    expect(screen.queryByText(/highest moment of one training step/)).toBeNull();
  });

  test("everything is open on paper", () => {
    render(<Computed />);
    followPrinting();
    act(() => void window.dispatchEvent(new Event("beforeprint")));
    for (const button of screen.getAllByRole("button").filter((each) => each.ariaExpanded !== null))
      expect(button).toHaveAttribute("aria-expanded", "true");
    act(() => void window.dispatchEvent(new Event("afterprint")));
    expect(screen.getAllByRole("button", { expanded: false }).length).toBeGreaterThan(0);
  });
});

describe("the bars on the page", () => {
  test("stand in a figure with a caption", () => {
    vi.spyOn(Element.prototype, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 1032, 270));
    render(<Bars />);
    const figure = within(screen.getByRole("figure"));
    expect(figure.getByText(/^Memory on the card/)).toBeInTheDocument();
    expect(figure.getByRole("toolbar")).toHaveAccessibleName(/Full: .* GiB on the card/);
  });

  test("say what is filled in them and what is a line, but for an embed, whose cards say it", async () => {
    vi.spyOn(Element.prototype, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 1032, 270));
    render(<Bars />);
    const items = await screen.findAllByRole("listitem");
    expect(items.map(({ textContent }) => textContent)).toEqual([
      "filled: needed",
      "thin line: PyTorch may take while there is room, and gives back",
    ]);
    act(() => changeChoices({ embed: true }));
    expect(screen.queryAllByRole("listitem")).toEqual([]);
  });
});

describe("a link with bad values", () => {
  test("is reported in one line until dismissed", async () => {
    const user = userEvent.setup();
    await openLink("?v=1&batch=-3&optim=adam9");
    render(<LinkIssues />);
    expect(screen.getByRole("status")).toHaveTextContent(
      /^2 values in the link were not understood: Batch size batch = -3 \(using 1\), Optimizer optim = adam9 \(what the stack does is used\)\./,
    );
    await user.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByRole("status")).toBeNull();
  });

  test("is reported whole in a list that opens, what decides most of the answer first and unknown keys last", async () => {
    const user = userEvent.setup();
    await openLink("?v=1&theme=red&frobnicate=1&r=5000&optim=adam9&seq=x&ckpt=y&batch=-3");
    render(<LinkIssues />);
    expect(screen.getByRole("status")).toHaveTextContent(
      /^7 values in the link were not understood: Sequence length seq = x \(using 2,048\), Batch size batch = -3 \(using 1\), Optimizer optim = adam9 \(what the stack does is used\), and 4 more\.$/,
    );
    expect(screen.queryByRole("listitem")).toBeNull();
    await user.click(screen.getByRole("button", { name: "All 7", expanded: false }));
    const listed = screen.getAllByRole("listitem").map(({ textContent }) => textContent);
    expect(listed).toEqual([
      "Sequence length seq=x is not a number; 2,048 is used.",
      "Batch size batch=-3 is below 1; 1 is used.",
      expect.stringMatching(/^Optimizer optim=adam9 is none of .*; what the stack does is used\.$/),
      "Gradient checkpointing ckpt=y is neither 0 nor 1; 1 is used.",
      "LoRA rank r=5000 is above 1024; 1,024 is used.",
      "Theme theme=red is none of light, dark, auto; auto is used.",
      " frobnicate=1 is left out: links have no key frobnicate.",
    ]);
  });

  test("says what is used instead by the name that the page has for it", async () => {
    await openLink("?v=1&show=full,zzz&targets=zzz&offload=zzz");
    render(<LinkIssues />);
    expect(screen.getByRole("status")).toHaveTextContent(
      "Methods shown show = full,zzz (using Full), Offload to the host offload = zzz (using None), Target modules targets = zzz (using All linear)",
    );
  });

  test("leaves names that are not known to the verdict", async () => {
    await openLink("?v=1&model=lama&gpu=abacus&method=zzz&stack=zzz&r=5000");
    render(<LinkIssues />);
    expect(screen.getByRole("status")).toHaveTextContent(/^1 value in the link was not understood: LoRA rank r = 5000/);
  });

  test("of a further scenario is named by its letter", async () => {
    const user = userEvent.setup();
    await openLink("?v=1&b=r:5000");
    render(<LinkIssues />);
    expect(screen.getByRole("status")).toHaveTextContent("B: LoRA rank b.r = 5000 (using 1,024)");
    await user.click(screen.getByRole("button", { name: "Why" }));
    expect(screen.getByRole("listitem")).toHaveTextContent("B: LoRA rank b.r=5000 is above 1024; 1,024 is used.");
  });

  test("says of a key that is given twice which one counts, and of a link that is too long how much is read", async () => {
    const user = userEvent.setup();
    await openLink(`?v=1&r=8&r=32&hide=${"x".repeat(10_000)}`);
    render(<LinkIssues />);
    expect(screen.getByRole("status")).toHaveTextContent(
      /understood: The link has [\d,]+ characters; only the first 8,192 are read, /,
    );
    await user.click(screen.getByRole("button", { name: "Why" }));
    const listed = screen.getAllByRole("listitem").map(({ textContent }) => textContent);
    expect(listed[0]).toMatch(/^ The link has [\d,]+ characters; only the first 8,192 are read\.$/);
    expect(listed[1]).toBe("LoRA rank r is given 2 times (8 & 32); the first, r=8, is used.");
  });

  test("a good link leaves no line", async () => {
    await openLink("?v=1&batch=2");
    const { container } = render(<LinkIssues />);
    expect(container).toBeEmptyDOMElement();
  });
});
