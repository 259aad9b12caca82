import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { describe, expect, it, vi, test } from "vitest";
import { latePart, hydratedPart, useIsHydrating } from "#ui/late-parts.tsx";
import { renderToString } from "react-dom/server";

const Greeting = ({ name }: Readonly<{ name: string }>): ReactElement => <p>Good day, {name}.</p>;

describe("a late part", () => {
  it("is fetched when it is first shown, and drawn when it is there", async () => {
    const load = vi.fn(() => Promise.resolve(Greeting));
    const { Part } = latePart(load);
    expect(load).not.toHaveBeenCalled();
    render(<Part name="Ada" />);
    expect(screen.queryByText("Good day, Ada.")).not.toBeInTheDocument();
    expect(await screen.findByText("Good day, Ada.")).toBeVisible();
  });

  it("that was fetched before is drawn at once", async () => {
    const { Part, prefetch } = latePart(() => Promise.resolve(Greeting));
    prefetch();
    await Promise.resolve();
    await Promise.resolve();
    render(<Part name="Ada" />);
    expect(screen.getByText("Good day, Ada.")).toBeVisible();
  });

  it("that cannot be fetched says so in its place, where it can be tried again", async () => {
    const load = vi.fn(() => Promise.resolve(Greeting)).mockRejectedValueOnce(new Error("offline"));
    const { Part } = latePart(load);
    render(<Part name="Ada" />);
    expect(await screen.findByText("This part could not be loaded.")).toBeVisible();
    // The page says why, once for all parts.
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    load.mockRejectedValueOnce(new Error("still offline"));
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(screen.getByText("This part could not be loaded.")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Good day, Ada.")).toBeVisible();
    expect(screen.queryByText("This part could not be loaded.")).not.toBeInTheDocument();
  });

  it("may have something else in its place, which knows what the part would have known", async () => {
    const Missed = ({ name }: Readonly<{ name: string }>): ReactElement => <p>No greeting for {name}.</p>;
    const { Part } = latePart<Readonly<{ name: string }>>(() => Promise.reject(new Error("offline")), Missed);
    render(<Part name="Ada" />);
    expect(await screen.findByText("No greeting for Ada.")).toBeVisible();
  });
});

describe("a part that is in sight from the start", () => {
  it("is fetched before it is shown", () => {
    const load = vi.fn(() => Promise.resolve(Greeting));
    hydratedPart(load);
    expect(load).toHaveBeenCalledOnce();
  });
});

const Part = (): ReactElement => <p>{useIsHydrating() ? "as drawn" : "anew"}</p>;

test("a part of the built page is taken over, and stays so", () => {
  const page = document.createElement("div");
  page.innerHTML = renderToString(<Part />);
  document.body.append(page);
  const { rerender } = render(<Part />, { container: page, hydrate: true });
  rerender(<Part />);
  expect(screen.getByText("as drawn")).toBeInTheDocument();
});

test("a part that comes later is drawn anew", () => {
  render(<Part />);
  expect(screen.getByText("anew")).toBeInTheDocument();
});
