import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { TrainingControls } from "#panels/scenario/TrainingControls.tsx";
import { changeChoices, ensureFullCatalog } from "#scenario/page/actions.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { useScenario } from "#scenario/page/store.ts";

const show = (patch: Partial<Choices>): void => {
  changeChoices(patch);
  render(<TrainingControls />);
};

const attention = (): HTMLElement => screen.getByRole("group", { name: "Attention" });

describe("the control of attention", () => {
  beforeEach(async () => {
    await ensureFullCatalog();
    useScenario.setState({ choices: DEFAULT_CHOICES, past: [], issues: [] });
  });

  it("says what the library takes for this model by itself, which is no change", async () => {
    show({ model: { kind: "catalog", id: "gemma-2-9b" }, attn: "eager" });
    await waitFor(() => expect(useScenario.getState().answer?.usualAttention).toBe("eager"));
    await waitFor(() => expect(screen.queryByText(/^Changed\./)).toBeNull());
    changeChoices({ attn: "flash" });
    expect(await screen.findByText("Changed. The stack uses Eager.")).toBeVisible();
  });

  it("takes what the library takes by itself for no choice", async () => {
    show({ attn: "eager" });
    expect(await screen.findByText("Changed. The stack uses SDPA.")).toBeVisible();
    await userEvent.click(within(attention()).getByText("SDPA"));
    expect(useScenario.getState().choices.attn).toBeNull();
  });
});
