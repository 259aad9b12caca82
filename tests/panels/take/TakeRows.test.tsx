import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { TakeMeasure } from "#panels/take/TakeRows.tsx";
import { changeChoices } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";

const button = (name: string): HTMLElement => screen.getByRole("button", { name });

beforeEach(() => useScenario.setState(useScenario.getInitialState(), true));

describe("what measures the scenario", () => {
  it("is copied: the script of the method in focus", async () => {
    const user = userEvent.setup();
    changeChoices({ method: "qlora", r: 24 });
    render(<TakeMeasure />);
    await user.click(button("Copy script"));
    expect(await screen.findByText("Copied")).toBeVisible();
    const text = await navigator.clipboard.readText();
    expect(text).toContain('LINK = "?v=1&method=qlora&r=24"');
    expect(text).toContain("        r=24,\n");
  });

  it("is a callback for a run of one’s own, too", async () => {
    const user = userEvent.setup();
    render(<TakeMeasure />);
    await user.click(button("Copy callback"));
    expect(await screen.findByText("Copied")).toBeVisible();
    expect(await navigator.clipboard.readText()).toContain("class HeadroomCallback(TrainerCallback):");
  });

  it("is refused with a sentence where the script would measure something else, until the scenario is another one", async () => {
    const user = userEvent.setup();
    changeChoices({ gpus: 2 });
    render(<TakeMeasure />);
    await user.click(button("Copy script"));
    expect(await screen.findByText("Cannot be measured")).toBeVisible();
    const list = await screen.findByRole("list", { name: "What the script cannot do" });
    expect(within(list).getByText(/a run of one GPU/)).toBeVisible();
    changeChoices({ gpus: 1 });
    await waitFor(() => expect(screen.queryByRole("list")).toBeNull());
  });
});
