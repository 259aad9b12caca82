import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import type { TermId } from "#calc/model/terms.ts";
import { narrowColumns } from "#panels/advice/Fits.tsx";
import { TermChange } from "#panels/advice/TermChange.tsx";
import { TopChange } from "#panels/advice/TopChange.tsx";
import { changeChoices } from "#scenario/page/actions.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import { ChangesNow } from "./ChangesNow.tsx";

beforeEach(() => {
  useScenario.setState(useScenario.getInitialState(), true);
  changeChoices({ batch: 2, seq: 4096 });
});

describe("what to change", () => {
  test("one click makes the change, one more takes it back", async () => {
    const user = userEvent.setup();
    render(<ChangesNow />);
    await user.click(await screen.findByRole("button", { name: "Apply: Fused loss" }));
    expect(useScenario.getState().choices.loss).toBe("fused");
    const undo = screen.getByRole("button", { name: "Undo" });
    expect(undo).toHaveFocus();
    await user.click(undo);
    expect(useScenario.getState().choices.loss).toBeNull();
    expect(screen.queryByRole("button", { name: "Undo" })).toBeNull();
    expect(document.activeElement).toContainElement(screen.getByRole("group", { name: "What may it cost?" }));
    expect(document.body).not.toHaveFocus();
  });

  test("each row says what the change saves, costs and leads to", async () => {
    render(<ChangesNow />);
    const free = await screen.findByRole("list", { name: "Same result" });
    const row = within(free).getByText("Fused loss").closest("li");
    expect(row).toHaveTextContent(/Same result: .*Source−[\d.]+Fits, [\d.]+.GiB free/);
  });

  test("changes stand in groups by what they are paid with, the cheapest first; the dearer ones open on demand", async () => {
    const user = userEvent.setup();
    render(<ChangesNow />);
    const free = await screen.findByRole("button", { name: /^Same result \d, up to −[\d.]+$/ });
    const names = screen.getAllByRole("button", { expanded: true }).map(({ textContent }) => textContent);
    expect(names).toEqual([free.textContent]);
    const closed = screen.getAllByRole("button", { expanded: false }).map(({ textContent }) => textContent);
    expect(closed).toEqual([
      expect.stringMatching(/^Slower/),
      expect.stringMatching(/^Other format/),
      expect.stringMatching(/^More hardware 2, 8.×.RTX 4090 with FSDP 2 or 1.×.A100 40GB/),
      expect.stringMatching(/^Learns less/),
      expect.stringMatching(/^Last resort: base in host memory \d, up to −[\d.]+, host [\d.]+.GiB$/),
    ]);
    expect(screen.queryByText(/^Sequence to/)).toBeNull();
    await user.click(screen.getByRole("button", { name: /^Learns less/ }));
    const list = screen.getByRole("list", { name: "Learns less" });
    expect(within(list).getByText(/^Sequence to [\d,]+$/)).toBeVisible();
  });
});

test("of what the card cannot run it is said what would run, not that nothing saves memory", async () => {
  changeChoices({ gpu: { kind: "catalog", id: "t4" }, model: { kind: "catalog", id: "llama-3.2-1b" }, attn: "flash" });
  render(<ChangesNow />);
  const says = /^LoRA would run on it with attention SDPA instead of flash\. LoRA as it is chosen fits on an L4, /;
  await waitFor(() => expect(screen.getByText(says)).toBeVisible());
  expect(screen.queryByText(/^Nothing here/)).toBeNull();
});

describe("the sentence under the verdict", () => {
  test("says what to change first, and one click does it", async () => {
    const user = userEvent.setup();
    render(<TopChange />);
    const region = screen.getByRole("region", { name: "What to change first" });
    await waitFor(() => expect(region).toHaveTextContent(/GiB\. To make LoRA fit: use a fused loss, which saves/));
    await user.click(within(region).getByRole("button", { name: "Apply" }));
    expect(useScenario.getState().choices.loss).toBe("fused");
    await waitFor(() => expect(region).toHaveTextContent(/^LoRA has room for/));
  });

  test("is read aloud once it has stood still, not at every step of a slider", async () => {
    render(<TopChange />);
    const spoken = await screen.findByRole("status");
    const seen = new Set<string>();
    const watch = new MutationObserver(() => seen.add(spoken.textContent));
    watch.observe(spoken, { childList: true, characterData: true, subtree: true });
    for (const seq of [5000, 6000, 7000, 8000]) act(() => changeChoices({ seq }));
    await waitFor(() => expect(spoken).toHaveTextContent(/which saves/));
    watch.disconnect();
    expect(seen.size).toBe(1);
  });
});

test("a phone has the chosen card and the nearest whose outcome is another", () => {
  const column = (fits: readonly ("fits" | "over")[], chosen = false) => ({ chosen, fits });
  const columns = [
    column(["over", "over"]),
    column(["over", "over"]),
    column(["over", "over"], true),
    column(["over", "over"]),
    column(["over", "fits"]),
    column(["fits", "fits"]),
    column(["fits", "fits"]),
  ];
  expect(narrowColumns(columns, 4)).toEqual([1, 2, 4, 5]);
  expect(narrowColumns(columns.slice(0, 2), 4)).toEqual([0, 1]);
});

describe("under a term’s formula", () => {
  const TermNow = ({ term }: Readonly<{ term: TermId }>) => <TermChange answer={useAnswer()} term={term} />;

  test("stands the cheapest change that is made for it, and one click makes it", async () => {
    const user = userEvent.setup();
    render(<TermNow term="logits" />);
    const list = await screen.findByRole("list", { name: "What makes it smaller" });
    expect(list).toHaveTextContent(/^Fused loss.*−[\d.]+/);
    await user.click(within(list).getByRole("button", { name: "Apply: Fused loss" }));
    expect(useScenario.getState().choices.loss).toBe("fused");
  });

  test("keeps the focus: what was applied can be taken back there, and the reader reads on there", async () => {
    const user = userEvent.setup();
    render(<TermNow term="logits" />);
    await user.click(await screen.findByRole("button", { name: "Apply: Fused loss" }));
    expect(screen.getByText("Fused loss: applied.")).toBeVisible();
    const undo = screen.getByRole("button", { name: "Undo" });
    expect(undo).toHaveFocus();
    await waitFor(() => expect(screen.queryByRole("button", { name: "Apply: Fused loss" })).toBeNull());
    expect(undo).toHaveFocus();
    await user.click(undo);
    expect(useScenario.getState().choices.loss).toBeNull();
    const list = await screen.findByRole("list", { name: "What makes it smaller" });
    expect(list.parentElement).toHaveFocus();
  });

  test("stands nothing where no change is made for it", async () => {
    render(
      <>
        <TermNow term="weights" />
        <TermNow term="workspace" />
      </>,
    );
    expect(await screen.findByText(/4-bit base|8-bit base/)).toBeVisible();
    expect(screen.getAllByRole("list")).toHaveLength(1);
  });
});
