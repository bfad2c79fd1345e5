import {
  assertSpyCall,
  assertSpyCalls,
  mockSession,
  resolvesNext,
  restore,
  returnsNext,
  spy,
  stub,
} from "@std/testing/mock";
import { say, thrown } from "./transcript.ts";

const add = spy((a: number, b: number) => a + b);
say(
  "spy",
  add(1, 2),
  add.calls,
  add.restored,
  await thrown(() => add.restore()),
);
say("bare", spy()(1));
assertSpyCalls(add, 1);
assertSpyCall(add, 0, { args: [1, 2], returned: 3 });
assertSpyCall(add, 0);
for (
  const wrong of [
    () => assertSpyCalls(add, 2),
    () => assertSpyCall(add, 1),
    () => assertSpyCall(add, 0, { args: [1, 3] }),
    () => assertSpyCall(add, 0, { returned: 4 }),
    () => assertSpyCall(add, 0, { error: {} }),
    () => assertSpyCall(add, 0, { self: {} }),
    () => assertSpyCall(add, 0, { returned: 3, error: {} }),
  ]
) say("wrong", await thrown(wrong));

const bad = spy((_text: string): string => {
  throw new RangeError("no such thing");
});
say("bad", await thrown(() => bad("x")), bad.calls[0]?.error?.name);
assertSpyCall(bad, 0, { error: { Class: RangeError, msgIncludes: "such" } });
say(
  "bad",
  await thrown(() => assertSpyCall(bad, 0, { error: { Class: TypeError } })),
);
say(
  "bad",
  await thrown(() => assertSpyCall(bad, 0, { error: { msgIncludes: "?" } })),
);

class Dog {
  constructor(readonly name: string) {}
  bark(times: number): string {
    return this.name.repeat(times);
  }
}
const dog = new Dog("wau");
const bark = spy(dog, "bark");
say("method", dog.bark(2), bark.calls.length, bark.calls[0]?.self === dog);
assertSpyCall(bark, 0, { args: [2], self: dog, returned: "wauwau" });
say(
  "again",
  await thrown(() => spy(dog, "bark")),
  await thrown(() => stub(dog, "bark")),
);
bark.restore();
say(
  "restored",
  bark.restored,
  Object.hasOwn(dog, "bark"),
  await thrown(() => bark.restore()),
);

const mute = stub(dog, "bark", () => "...");
say(
  "stub",
  dog.bark(1),
  mute.calls.length,
  mute.fake.call(dog, 9),
  mute.original.call(dog, 1),
);
mute[Symbol.dispose]();
const none = stub(dog, "bark");
say("no fake", dog.bark(1), none.restored);
restore();
say("restore", none.restored, dog.bark(1));
const outer = mockSession();
const first = stub(dog, "bark", () => "first");
mockSession();
const cat = new Dog("miau");
const second = stub(cat, "bark", () => "second");
restore();
say("inner", first.restored, second.restored);
restore(outer);
say("outer", first.restored, dog.bark(1));
restore();
say(
  "no method",
  await thrown(() => stub(dog, "name" as never)),
  await thrown(() => spy(dog, "name")),
);
const fixed = Object.freeze({ run: () => 1 });
say(
  "frozen",
  await thrown(() => spy(fixed, "run")),
  await thrown(() => stub(fixed, "run")),
);
const own = { run: () => 1 };
const shape = () => JSON.stringify(Object.getOwnPropertyDescriptor(own, "run"));
const before = shape();
const owned = stub(own, "run", () => 2);
say("descriptor", shape());
owned.restore();
say("descriptor", shape() === before);

const next = spy(returnsNext([1, new RangeError("two"), 3]));
say("next", next(), await thrown(next), next(), await thrown(next));
const later = resolvesNext([1, Promise.resolve(2), new RangeError("three")]);
say(
  "later",
  await later(),
  await later(),
  await thrown(later),
  await thrown(later),
);
