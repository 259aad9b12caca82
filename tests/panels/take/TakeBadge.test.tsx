import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { badgeOf } from "#interop/badge.ts";
import { TakeBadge } from "#panels/take/TakeBadge.tsx";
import { changeChoices } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";

beforeEach(() => useScenario.setState(useScenario.getInitialState(), true));

const shown = (name: RegExp): Promise<HTMLElement> => screen.findByRole("img", { name });

describe("the badge of the page", () => {
  it("says what the method in focus needs on the chosen card", async () => {
    changeChoices({ method: "qlora" });
    render(<TakeBadge />);
    const picture = await shown(/^QLoRA of Llama 3\.1 8B: \d+\.\d GiB, fits RTX 4090$/);
    expect(decodeURIComponent(picture.getAttribute("src") ?? "")).toContain(
      `<title>${picture.getAttribute("alt")}</title>`,
    );
  });

  it("is copied with its words and a link to this page", async () => {
    const user = userEvent.setup();
    changeChoices({ method: "qlora" });
    render(<TakeBadge />);
    const picture = await shown(/^QLoRA/);
    await user.click(screen.getByRole("button", { name: "Copy for Markdown" }));
    await screen.findByText("Copied");
    expect(await navigator.clipboard.readText()).toBe(
      `[![${picture.getAttribute("alt")}](badge.svg)](${location.href}?v=1&method=qlora)`,
    );
  });

  it("is of the smallest card where that is picked, and its link leads to that run", async () => {
    const user = userEvent.setup();
    changeChoices({ method: "qlora" });
    render(<TakeBadge />);
    await user.selectOptions(await screen.findByRole("combobox", { name: "GPU of the badge" }), "On the smallest GPU");
    await shown(/: \d+\.\d GiB, smallest card .+ \(\d+ GB\)$/);
    await user.click(screen.getByRole("button", { name: "Copy for Markdown" }));
    await screen.findByText("Copied");
    expect(await navigator.clipboard.readText()).toMatch(/\?v=1&method=qlora&gpu=\S+\)$/);
  });

  it("has nothing to copy where no card is enough", async () => {
    const user = userEvent.setup();
    changeChoices({ used: 400 });
    render(<TakeBadge />);
    await user.selectOptions(await screen.findByRole("combobox", { name: "GPU of the badge" }), "On the smallest GPU");
    await screen.findByText("No number of any card is enough.");
    expect(screen.queryByRole("img")).toBeNull();
    expect(screen.queryByRole("button")).toBeNull();
  });

  it("follows the scenario", async () => {
    render(<TakeBadge />);
    await shown(/^LoRA of /);
    changeChoices({ method: "full" });
    await waitFor(() =>
      expect(screen.getByRole("img").getAttribute("alt")).toMatch(/^Full fine-tuning of .*does not fit RTX 4090$/),
    );
    const { answer } = useScenario.getState();
    expect(screen.getByRole("img").getAttribute("alt")).toBe(answer === null ? null : badgeOf(answer, "chosen")?.line);
  });
});
