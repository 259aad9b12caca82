import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { STACK_NOTES } from "#catalog/stack-notes.ts";
import { Computed } from "#panels/answer/Computed.tsx";
import { changeChoices, ensureFullCatalog } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";

// What the panel fetches when it is opened is here already: fetching is not what these tests are about.
beforeAll(async () => {
  await Promise.all([import("#panels/answer/LibraryChanges.tsx"), ensureFullCatalog()]);
});

beforeEach(() => {
  useScenario.setState(useScenario.getInitialState(), true);
  location.hash = "";
});

const openLibraries = async (): Promise<void> => {
  render(<Computed />);
  await userEvent.click(screen.getByRole("button", { name: /^What the training library changes/ }));
  await screen.findByRole("button", { name: /^Unsloth [\d.]+\sGiB/ });
};

test("every library is listed with its peak and what it makes over plain Transformers", async () => {
  await openLibraries();
  for (const name of ["TRL", "Unsloth", "Axolotl", "LLaMA-Factory", "torchtune", "LitGPT", "DeepSpeed"])
    expect(screen.getByRole("button", { name: new RegExp(`^${name} [\\d.]+\\sGiB, [<>]?\\s?[+−\\d]`) })).toBeVisible();
  expect(screen.getByRole("button", { name: /^Transformers \+ PEFT, chosen [\d.]+\sGiB$/ })).toHaveAttribute(
    "aria-expanded",
    "true",
  );
});

test("an opened library says field by field what differs, links to where that was read, and can be taken", async () => {
  await openLibraries();
  await userEvent.click(screen.getByRole("button", { name: /^TRL \d+\.\d\sGiB/ }));
  const table = screen.getByRole("table");
  expect(within(table).getByRole("row", { name: /^Loss full logits.*fused with the head \(TRL\) −\d/ })).toBeVisible();
  for (const { label, url } of STACK_NOTES.trl.source)
    expect(screen.getByRole("link", { name: label })).toHaveAttribute("href", url);
  await userEvent.click(screen.getByRole("button", { name: "Use TRL" }));
  expect(useScenario.getState().choices.stack).toBe("trl");
});

test("what the reader set is named: it stays in every library", async () => {
  changeChoices({ optim: "sgd" });
  await openLibraries();
  expect(screen.getByText(/What you set yourself stays in every row: optimizer\./)).toBeVisible();
});

test("the anchor of the stack control opens the list", async () => {
  location.hash = "#libraries";
  render(<Computed />);
  expect(await screen.findByRole("button", { name: /^TRL \d+\.\d\sGiB/ })).toBeVisible();
});
