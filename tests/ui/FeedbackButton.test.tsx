import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { FeedbackButton } from "#ui/FeedbackButton.tsx";

test.each([
  ["Copied", async () => true],
  ["The browser refused", async () => false],
  ["Not loaded", async () => "Not loaded"],
  ["Did not work", () => Promise.reject(new Error("The engine could not be loaded."))],
])("says %s after the act that came to that", async (said, act) => {
  render(
    <FeedbackButton act={act} done="Copied">
      Copy
    </FeedbackButton>,
  );
  await userEvent.click(screen.getByRole("button", { name: "Copy" }));
  expect(await screen.findByRole("button", { name: said })).toBeVisible();
});
