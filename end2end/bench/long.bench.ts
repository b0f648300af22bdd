/** A hive with a long past opens as one that began today. */
import { openHive } from "../support/hive.js";
import { awake, signIn, test, visitor } from "../support/house.js";
import { figure, median, settle } from "./figures.js";

const TIMES = 11;

test("a hundred thousand messages", async ({ browser, house }) => {
  const page = await visitor(browser);
  await signIn(page, house);
  const short = await openHive(page, house, "Began today");
  const long = await openHive(page, house, "Began long ago");
  const id = long.split("/").pop()!;
  const fill = (hive: string, many: number) =>
    house.sql(`
      insert into message (hive_id, seq, id, author, key, body, html, at)
      select '${hive}', n + (select seq from topic_head where topic = '${hive}'), gen_random_uuid(), (select id from "user" limit 1), gen_random_uuid(),
             'Line ' || n, '<p>Line ' || n || '</p>', now() - (${many} - n) * interval '1 minute' from generate_series(1, ${many}) n;
      update topic_head set seq = seq + ${many} where topic = '${hive}';`);
  fill(short.split("/").pop()!, 10);
  fill(id, 100_000);
  house.sql("analyze");
  const open = async (url: string) => {
    const begun = Date.now();
    await page.goto(url);
    await page.locator(".chat-rows .message").last().waitFor();
    await awake(page);
    return Date.now() - begun;
  };
  const times: Record<string, number[]> = { [short]: [], [long]: [] };
  for (let time = 0; time < TIMES; time++) for (const url of [short, long]) times[url]!.push(await open(url));
  figure("a hive with ten messages opens within", median(times[short]!), "ms");
  figure("one with a hundred thousand, times that", median(times[long]!) / median(times[short]!), "", { most: 1.25 });
  settle();
});
