import { test, suite } from "node:test";
import assert from "node:assert/strict";
import { answersOf, call, connect, event, failure, fresh, instant, record } from "./service.js";

const recordOne = (client, item) => call(client, "RecordEvent", { event: item });

suite("Recording one event", () => {
  test("A new event is accepted and on disk, the same again is a duplicate", async (t) => {
    const client = connect(t);
    const item = event(fresh("customer"), { event_id: "1", occurred_at: instant(), value: 2.5 });
    const first = await recordOne(client, item);
    assert.equal(first.outcome, "OUTCOME_ACCEPTED");
    assert.equal(first.durability, "DURABILITY_ON_DISK");
    const second = await recordOne(client, item);
    assert.equal(second.outcome, "OUTCOME_DUPLICATE");
  });

  test("The same id with other content is a conflict", async (t) => {
    const client = connect(t);
    const item = event(fresh("customer"), { event_id: "1", occurred_at: instant(), value: 1 });
    await recordOne(client, item);
    const { ErrorInfo } = await failure(6, recordOne(client, { ...item, value: 2 }));
    assert.equal(ErrorInfo.reason, "EVENT_ID_CONFLICT");
  });
});

suite("Recording a batch", () => {
  test("A bad event is rejected by its index and the others are taken", async (t) => {
    const client = connect(t);
    const customer = fresh("customer");
    const answer = await call(client, "RecordEvents", {
      events: [
        event(customer),
        event(""),
        event(customer, { occurred_at: instant(-36_500) }),
        event(customer, { value: Infinity }),
        event(customer),
      ],
    });
    assert.equal(answer.accepted_count, 2);
    assert.deepEqual(
      answer.rejections.map((r) => [r.index, r.reason, r.field]),
      [
        [1, "REJECTION_REASON_FIELD_MISSING", "customer_id"],
        [2, "REJECTION_REASON_OCCURRED_AT_IN_FUTURE", "occurred_at"],
        [3, "REJECTION_REASON_FIELD_INVALID", "value"],
      ],
    );
  });
});

suite("Streaming batches", () => {
  test("Batches are answered in their order", async (t) => {
    const client = connect(t);
    const customer = fresh("customer");
    const sizes = [3, 1, 250, 2, 0, 40];
    const stream = client.StreamEvents();
    for (const [b, size] of sizes.entries()) {
      const events = Array.from({ length: size }, (_, i) => event(customer, { event_id: `${b}/${i}` }));
      stream.write({ events });
    }
    stream.end();
    const answers = await answersOf(stream);
    assert.deepEqual(
      answers.map((answer) => answer.accepted_count),
      sizes,
    );
  });

  test("A batch is answered while the stream stays open, and what it recorded is read at once", async (t) => {
    const client = connect(t);
    const customer = fresh("customer");
    const stream = client.StreamEvents();
    const answers = stream[Symbol.asyncIterator]();
    for (let purchases = 1; purchases <= 3; purchases++) {
      stream.write({ events: [event(customer, { type: "purchase", occurred_at: instant() }), event("")] });
      const { value } = await answers.next();
      assert.equal(value.accepted_count, 1);
      assert.deepEqual(
        value.rejections.map((r) => r.index),
        [1],
      );
      const score = await call(client, "GetScore", { customer_id: customer, read_time: instant() });
      const bought = score.contributions.find((c) => c.event_type === "purchase");
      assert.equal(bought.quantity, purchases);
    }
    stream.end();
    assert.equal((await answers.next()).done, true);
  });

  test("A producer that writes many batches ahead gets every answer", async (t) => {
    const client = connect(t);
    const customer = fresh("customer");
    const stream = client.StreamEvents();
    for (let b = 0; b < 100; b++) {
      stream.write({ events: Array.from({ length: 100 }, (_, i) => event(customer, { event_id: `${b}/${i}`, occurred_at: instant() })) });
    }
    stream.end();
    const answers = await answersOf(stream);
    assert.equal(answers.length, 100);
    assert.equal(
      answers.reduce((sum, answer) => sum + answer.accepted_count, 0),
      10_000,
    );
    const again = await record(client, event(customer, { event_id: "99/99", occurred_at: instant() }));
    assert.equal(again.duplicate_count, 1);
  });
});
