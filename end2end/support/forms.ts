/** Forms sent as a browser without script sends them: what stands before a test's own matter takes no page to be drawn. */
import { type Page } from "@playwright/test";

/** Fills in the form of that request on that page, and gives where it led and what stands there. */
export async function submit(page: Page, url: string, request: string, fields: Record<string, string> = {}): Promise<{ url: string; html: string }> {
  const html = await (await page.request.get(url)).text();
  const form = html.match(/<form[\s\S]*?<\/form>/g)?.find((form) => form.includes(`name="do" value="${request}"`));
  if (!form) throw new Error(`${url} has no form for ${request}`);
  const answer = await page.request.post(url, { form: { ...chosen(form), ...fields }, headers: { origin: new URL(url).origin } });
  const told = await answer.text();
  if (!answer.ok()) throw new Error(`${request}: ${answer.status()} ${told.match(/class="field-fault"[\s\S]*?<\/p>/)?.[0] ?? ""}`);
  return { url: answer.url(), html: told };
}

/** What a form says before anybody touches it. */
function chosen(form: string): Record<string, string> {
  const said: Record<string, string> = {};
  for (const [input] of form.matchAll(/<input [^>]*>/g)) {
    const [name, kind] = [attribute(input, "name"), attribute(input, "type")];
    const left = ["checkbox", "radio"].includes(kind ?? "") && !/\schecked\b/.test(input);
    if (name && !left) said[name] = attribute(input, "value") ?? "";
  }
  for (const [select] of form.matchAll(/<select [\s\S]*?<\/select>/g)) {
    const options = [...select.matchAll(/<option [^>]*>/g)].map(([option]) => option);
    const first = options.find((option) => /\sselected\b/.test(option)) ?? options[0];
    said[attribute(select, "name")!] = attribute(first ?? "", "value") ?? "";
  }
  return said;
}

const attribute = (tag: string, name: string): string | undefined => tag.match(new RegExp(`\\s${name}="([^"]*)"`))?.[1];
