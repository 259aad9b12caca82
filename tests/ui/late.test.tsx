import { render, screen } from "@testing-library/react";
import type { ReactElement } from "react";
import { describe, expect, it, vi } from "vitest";
import { late } from "#ui/late.tsx";
import { soon } from "#ui/soon.ts";

const Greeting = ({ name }: Readonly<{ name: string }>): ReactElement => <p>Good day, {name}.</p>;

describe("a late part", () => {
  it("is fetched when it is first shown, and drawn when it is there", async () => {
    const load = vi.fn(() => Promise.resolve(Greeting));
    const { Part } = late(load);
    expect(load).not.toHaveBeenCalled();
    render(<Part name="Ada" />);
    expect(screen.queryByText("Good day, Ada.")).not.toBeInTheDocument();
    expect(await screen.findByText("Good day, Ada.")).toBeVisible();
  });

  it("that was fetched before is drawn at once", async () => {
    const { Part, prefetch } = late(() => Promise.resolve(Greeting));
    prefetch();
    await Promise.resolve();
    await Promise.resolve();
    render(<Part name="Ada" />);
    expect(screen.getByText("Good day, Ada.")).toBeVisible();
  });

  it("that cannot be fetched says so in its place", async () => {
    const { Part } = late<Readonly<{ name: string }>>(() => Promise.reject(new Error("offline")));
    render(<Part name="Ada" />);
    expect(await screen.findByRole("alert")).toHaveTextContent("This part could not be loaded.");
  });
});

describe("a part that is in sight from the start", () => {
  it("is fetched before it is shown", () => {
    const load = vi.fn(() => Promise.resolve(Greeting));
    soon(load);
    expect(load).toHaveBeenCalledOnce();
  });
});
