import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { RankGuide } from "#panels/advice/Guide.tsx";
import { focusedMethod } from "#scenario/choices/answer.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { useScenario } from "#scenario/page/store.ts";

const show = (patch: Partial<Choices>): void => {
  useScenario.setState({ choices: { ...DEFAULT_CHOICES, ...patch }, past: [] });
  const { answer } = useScenario.getState();
  const focus = answer && focusedMethod(answer);
  if (answer === null || focus === null) throw new Error("a method is in focus");
  render(<RankGuide answer={answer} focus={focus} />);
};

beforeEach(() => useScenario.setState({ choices: DEFAULT_CHOICES, past: [] }));

test("An alpha of one's own can be given back to the rule alpha = 2r", async () => {
  show({ alpha: 64 });
  await userEvent.click(screen.getByRole("button", { name: "Use alpha = 2r" }));
  expect(useScenario.getState().choices.alpha).toBeNull();
});

test("An alpha that the page around an embed has locked stays", () => {
  show({ alpha: 64, lock: ["alpha"] });
  expect(screen.queryByRole("button", { name: "Use alpha = 2r" })).toBeNull();
});
