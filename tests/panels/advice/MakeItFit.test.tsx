import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { ConfigLines } from "#interop/config-lines/config-lines.ts";
import { CopyLines } from "#panels/advice/MakeItFit.tsx";

const lines = (...added: string[]): ConfigLines => ({ added }) as Partial<ConfigLines> as ConfigLines;

test("what was copied is said of these lines, and of no others", async () => {
  const user = userEvent.setup();
  const { rerender } = render(<CopyLines lines={lines("use_liger_kernel=True,")} />);
  await user.click(screen.getByRole("button", { name: "Copy lines" }));
  expect(await screen.findByText("Copied.")).toBeVisible();
  expect(await navigator.clipboard.readText()).toBe("use_liger_kernel=True,");
  rerender(<CopyLines lines={lines("use_liger_kernel=True,")} />);
  expect(screen.getByRole("status")).toHaveTextContent("Copied.");
  rerender(<CopyLines lines={lines("bf16=True,")} />);
  expect(screen.getByRole("status")).toBeEmptyDOMElement();
});
