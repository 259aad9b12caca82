import { render, screen } from "@testing-library/react";
import type { ReactElement } from "react";
import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";
import { useIsHydrating } from "#ui/late-parts.tsx";

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
