import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { Changes } from "#panels/advice/Changes.tsx";
import { narrowColumns } from "#panels/advice/narrow-columns.ts";
import { TopChange } from "#panels/advice/TopChange.tsx";
import { focusedMethod } from "#panels/answer/focused-method.ts";
import { change } from "#scenario/page/actions.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";

const ChangesNow = () => {
  const answer = useAnswer();
  const focus = focusedMethod(answer);
  return focus === null ? null : <Changes answer={answer} focus={focus} />;
};

beforeEach(() => {
  useScenario.setState(useScenario.getInitialState(), true);
  change({ batch: 2, seq: 4096 });
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
  });

  test("each row says what the change saves, costs and leads to", async () => {
    render(<ChangesNow />);
    const row = (await screen.findByText("Fused loss")).closest("li");
    expect(row).toHaveTextContent(/Same result: .*Source−[\d.]+Fits, [\d.]+.GiB free/);
  });

  test("changes stand in groups by what they are paid with, the cheapest first; the dearer ones open on demand", async () => {
    const user = userEvent.setup();
    render(<ChangesNow />);
    const free = await screen.findByRole("button", { name: /^Same result \d, up to −[\d.]+$/ });
    const names = screen.getAllByRole("button", { expanded: true }).map(({ textContent }) => textContent);
    expect(names).toEqual([free.textContent, expect.stringMatching(/^Slower/)]);
    const closed = screen.getAllByRole("button", { expanded: false }).map(({ textContent }) => textContent);
    expect(closed).toEqual([
      expect.stringMatching(/^Other format/),
      expect.stringMatching(/^More hardware \d, from /),
      expect.stringMatching(/^Learns less/),
      expect.stringMatching(/^Last resort: base in host memory/),
    ]);
    expect(screen.queryByText(/^Sequence to/)).toBeNull();
    await user.click(screen.getByRole("button", { name: /^Learns less/ }));
    const list = screen.getByRole("list", { name: "Learns less" });
    expect(within(list).getByText(/^Sequence to [\d,]+$/)).toBeVisible();
  });

  test("several that make it fit together stand above, with all that they change", async () => {
    change({ batch: 4, used: 4, seq: 2048 });
    render(<ChangesNow />);
    const row = (await screen.findByText("Fused loss + Batch 4 to 2")).closest("li");
    expect(row).toHaveTextContent("Together they make it fit. Accumulation 1 to 2.");
  });

  test("the longest sequence is one click, and exact", async () => {
    const user = userEvent.setup();
    render(<ChangesNow />);
    const button = await screen.findByRole("button", { name: /^Longest sequence: [\d,]+ tokens$/ });
    const tokens = Number(/[\d,]+/.exec(button.textContent)?.[0].replaceAll(",", ""));
    await user.click(button);
    expect(useScenario.getState().choices.seq).toBe(tokens);
  });

  test("what has no answer says so", async () => {
    const user = userEvent.setup();
    render(<ChangesNow />);
    await user.click(await screen.findByRole("button", { name: "Largest rank" }));
    expect(await screen.findByText(/Largest rank: not even the smallest fits/)).toBeVisible();
  });
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
    for (const seq of [5000, 6000, 7000, 8000]) act(() => change({ seq }));
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
