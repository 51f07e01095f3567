import { describe, expect, it } from "vitest";
import { taxIdExamples, taxIdProblem } from "./tax-id";

describe("a tax id", () => {
  it.each(taxIdExamples)(
    "of $country is taken as its example, with and without signs between",
    ({ country, example }) => {
      expect(taxIdProblem(example, country)).toBeNull();
      expect(taxIdProblem([...example].join(" ").toLowerCase(), country)).toBeNull();
    },
  );

  it.each(taxIdExamples)("of $country is not XX1, nor too short or too long", ({ country, example }) => {
    for (const wrong of ["XX1", "1", `${example}12345678`, "ABC", "DE", "-"]) {
      expect(taxIdProblem(wrong, country), wrong).toEqual({ example });
    }
  });

  it.each([
    "BE",
    "CH",
    "DE",
    "DK",
    "EE",
    "FI",
    "FR",
    "GB",
    "GR",
    "HR",
    "HU",
    "IT",
    "LU",
    "NO",
    "PL",
    "PT",
    "SE",
    "SI",
    "SK",
  ])("of %s with one digit wrong is found", (country) => {
    const { example } = taxIdExamples.find((one) => one.country === country) ?? { example: "" };
    const at = example.search(/\d/) + 5;
    const slip = `${example.slice(0, at)}${(Number(example[at]) + 1) % 10}${example.slice(at + 1)}`;
    expect(slip).not.toBe(example);
    expect(taxIdProblem(slip, country)).toEqual({ example });
  });

  it("may be of another country of the list, or a number of the country's own", () => {
    expect(taxIdProblem("FR40303265045", "DE")).toBeNull();
    expect(taxIdProblem("XI980780684", "GB")).toBeNull();
    expect(taxIdProblem("12/345/67890", "DE")).toBeNull();
    expect(taxIdProblem("136695976", "DE")).toBeNull();
    expect(taxIdProblem("FR1", "DE")).not.toBeNull();
  });

  it("of another part of the world is not judged", () => {
    expect(taxIdProblem("12-3456789", "US")).toBeNull();
    expect(taxIdProblem("whatever", "AE")).toBeNull();
  });
});
