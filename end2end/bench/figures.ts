/** What was measured, beside what is aimed at. */
import { expect } from "@playwright/test";

type Aim = { most?: number; least?: number };

const missed: string[] = [];

/** Says a figure, and remembers where it falls short: what follows is measured all the same. */
export function figure(name: string, value: number, unit: string, aim: Aim = {}): void {
  const short = (number: number) => (Math.abs(number) >= 100 ? number.toFixed(0) : number.toFixed(2));
  const wanted = aim.most !== undefined ? `≤ ${short(aim.most)}` : aim.least !== undefined ? `≥ ${short(aim.least)}` : "";
  const falls = value > (aim.most ?? Infinity) || value < (aim.least ?? -Infinity);
  console.log(`    ${name.padEnd(56)} ${short(value).padStart(9)} ${unit.padEnd(4)} ${wanted.padStart(10)} ${falls ? "MISSED" : ""}`);
  if (falls) missed.push(`${name}: ${short(value)} ${unit}, ${wanted}`);
}

/** Fails where anything fell short since it was last asked. */
export function settle(): void {
  expect(missed.splice(0)).toEqual([]);
}

export const median = (all: number[]): number => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)]!;
