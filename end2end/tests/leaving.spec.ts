/** What comes late: answers to a page that was left, and what was missed by somebody who was put out. */
import { openHive, log, message, say, two } from "../support/hive.js";
import { ask, awake, expect, expectQuiet, lobby, signIn, test, visitor } from "../support/house.js";

test("an answer that comes after its page was left breaks nothing", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await signIn(ada, house);
  const hive = await openHive(ada, house, "Leaving");
  for (let n = 0; n < 3; n++) await ask(ada, "chat.send", { hive: hive.split("/").pop(), key: crypto.randomUUID(), body: `line ${n}` });
  // From now on every word of the server takes its time.
  await ada.routeWebSocket(/\/ws$/, (page) => {
    const server = page.connectToServer();
    server.onMessage((word) => void setTimeout(() => page.send(word), 700));
  });
  await ada.goto(hive);
  await awake(ada);
  await expect(message(ada, "line 2")).toBeVisible();
  await ada.waitForTimeout(1000);
  await say(ada, "on my way out");
  await message(ada, "line 1").hover();
  await message(ada, "line 1").getByLabel("What to do with this message").click();
  await message(ada, "line 1").getByRole("button", { name: "Mark unread from here" }).click();
  await ada.getByRole("link", { name: "Settings", exact: true }).first().click();
  await expect(ada.getByRole("heading", { level: 1, name: "Settings" }).or(ada.getByRole("heading", { name: "Profile" })).first()).toBeVisible();
  await ada.waitForTimeout(1500);
  // The program is still there, and so is what was written.
  await ada.locator("h1").first().click();
  await ada.keyboard.press("b");
  await expect(ada.getByRole("dialog", { name: "Notifications" })).toBeVisible();
  await ada.keyboard.press("Escape");
  await ada.goBack();
  await expect(log(ada).locator(".message-body")).toHaveText(["line 0", "line 1", "line 2", "on my way out"]);
  await ada.goForward();
  await ada.goBack();
  await expect(message(ada, "on my way out")).toHaveCount(1);
  expectQuiet(ada);
});

test("whoever is put out and comes back hears what they missed, on the page that stayed open", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Back again", "Basil");
  const id = hive.split("/").pop()!;
  const basil = (await ask(ada, "hive.members", { hive: id })).find((member: any) => member.person.name === "Basil").person.id;
  await say(ada, "before");
  await expect(message(other, "before")).toBeVisible();
  await ask(ada, "hive.kick", { hive: id, user: basil });
  await expect(other.getByRole("button", { name: "Join this hive" })).toBeVisible();
  await say(ada, "behind their back");
  await ask(other, "hive.join", { hive: id });
  await say(ada, "welcome back");
  await expect(log(other).locator(".message-body")).toHaveText(["before", "behind their back", "welcome back"]);
  await expect(ada.locator(".roster").getByText("Basil")).toBeVisible();
  for (const page of [ada, other]) expectQuiet(page);
});

test("everybody is called only by those who mean it, also by a paste and one key", async ({ browser, house }) => {
  const ada = await visitor(browser);
  await signIn(ada, house);
  await openHive(ada, house, "Pasted");
  await awake(ada);
  await ada.locator("#composer").fill("are you there, @no-such-body");
  await ada.locator("#composer").press("Enter");
  await expect(ada.getByText("Not in this hive, and not told: @no-such-body")).toBeVisible();
  await expect(message(ada, "no-such-body")).toHaveCount(0);
  await ada.locator("#composer").press("Enter");
  await expect(message(ada, "no-such-body")).toHaveCount(1);
  await ada.goto(lobby(house));
  expectQuiet(ada);
});

for (const by of ["going back", "the switcher"]) {
  test(`a hive is left from its composer by ${by}, and nothing breaks`, async ({ browser, house }) => {
    const ada = await visitor(browser);
    await signIn(ada, house);
    await openHive(ada, house, `Blur ${by}`);
    await ada.goto(lobby(house));
    await awake(ada);
    await ada.locator("main").getByRole("link", { name: `Blur ${by}` }).click();
    await ada.locator("#composer").focus();
    if (by === "going back") await ada.goBack();
    else {
      await ada.keyboard.press("Control+k");
      await ada.getByRole("combobox", { name: /^A hive/ }).fill("Lob");
      await expect(ada.getByRole("option").first()).toHaveText(/Lobby/);
      await ada.keyboard.press("Enter");
    }
    await expect(ada.getByRole("heading", { level: 1, name: "Hello, Ada" })).toBeVisible();
    expectQuiet(ada);
  });
}

test("a hive is archived under somebody who writes, and nothing breaks", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Cut short", "Curt");
  await other.locator("#composer").pressSequentially("half a sen");
  await ask(ada, "hive.archive", { hive: hive.split("/").pop() });
  await expect(other.locator("#composer")).toHaveCount(0);
  expectQuiet(other);
});

test("who stops being a host has a members page that asks for nothing it may not have", async ({ browser, house }) => {
  const { ada, other, hive } = await two(browser, house, "Demoted", "Dirk");
  const id = hive.split("/").pop();
  const members: any[] = await ask(ada, "hive.members", { hive: id });
  const user = members.find((member) => member.person.name === "Dirk").person.id;
  await ask(ada, "hive.set_rank", { hive: id, user, rank: "host" });
  await other.goto(`${hive}/members`);
  await awake(other);
  await expect(other.getByRole("heading", { name: "Invite people" })).toBeVisible();
  await ask(ada, "hive.set_rank", { hive: id, user, rank: "member" });
  await expect(other.getByRole("heading", { name: "Invite people" })).toHaveCount(0);
  await other.waitForTimeout(1_000);
  expectQuiet(other);
});
