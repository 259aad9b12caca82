import { act, cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { ChooseForMe } from "#panels/advice/ChooseForMe.tsx";
import { Guide } from "#panels/advice/Guide.tsx";
import { focusedMethod } from "#scenario/choices/answer.ts";
import { ImportKinds } from "#panels/import/ImportBox.tsx";
import { changeChoices } from "#scenario/page/actions.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";

beforeEach(() => {
  useScenario.setState({ ...useScenario.getInitialState(), catalog: FULL_CATALOG }, true);
  location.hash = "";
});

test("three answers end in a scenario, which is taken over and led to", async () => {
  render(<ChooseForMe />);
  await userEvent.selectOptions(screen.getByLabelText("Training examples"), "10K to 100K");
  await userEvent.click(screen.getByLabelText("Simple"));
  expect(await screen.findByText(/the article goes up to rank 64/)).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Use this scenario" }));
  expect(useScenario.getState().choices.r).toBe(64);
  expect(location.hash).toBe("#answer");
});

test("it names the article that method and rank are of, and follows the scenario’s card until one is picked", async () => {
  render(<ChooseForMe />);
  expect(screen.getByRole("link", { name: /^LoRA vs QLoRA/ })).toBeVisible();
  const card = screen.getByLabelText("GPU");
  expect(card).toHaveDisplayValue("RTX 4090, 24 GB");
  act(() => changeChoices({ gpu: { kind: "catalog", id: "rtx-5090" } }));
  expect(card).toHaveDisplayValue("RTX 5090, 32 GB");
  await userEvent.selectOptions(card, "RTX 4090, 24 GB");
  act(() => changeChoices({ gpu: { kind: "catalog", id: "h100-sxm" } }));
  expect(card).toHaveDisplayValue("RTX 4090, 24 GB");
});

const GuideNow = () => {
  const answer = useAnswer();
  const focus = focusedMethod(answer);
  return focus === null ? null : <Guide answer={answer} focus={focus} />;
};

test("it is opened from the guidance, and from the box right under the model", async () => {
  render(<GuideNow />);
  expect(screen.getByRole("link", { name: "Choose for me" })).toHaveAttribute("href", "#choose");
  cleanup();
  const close = vi.fn<() => void>();
  render(<ImportKinds close={close} />);
  const link = screen.getByRole("link", { name: "Choose for me" });
  expect(link).toHaveAttribute("href", "#choose");
  await userEvent.click(link);
  expect(close).toHaveBeenCalledOnce();
});
