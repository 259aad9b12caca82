import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { CompareButton } from "#app/Header.tsx";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { useScenario } from "#scenario/page/store.ts";

beforeEach(() => useScenario.setState(useScenario.getInitialState(), true));

test("Compare says when no further scenario fits", async () => {
  useScenario.setState({ pinned: [DEFAULT_CHOICES, DEFAULT_CHOICES] });
  render(<CompareButton />);
  const button = screen.getByRole("button", { name: "Compare" });
  expect(button).toHaveAttribute("aria-disabled", "false");
  await userEvent.click(button);
  await expect.poll(() => useScenario.getState().pinned).toHaveLength(3);
  expect(button).toHaveAttribute("aria-disabled", "true");
  expect(button).toHaveAttribute("title", "Four scenarios are all that fit");
});
